//! Time in the language is the run's own clock.

use rhai::Dynamic;

use super::binding::{Call, Function, Given};
use super::raise::{from_ipc, raise};
use crate::ipc::context::nanos;
use crate::ipc::{ErrorKind, life};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "sleep", takes: &["seconds"], run: sleep },
    Function { name: "time", takes: &[], run: |call| Ok((call.ctx()?.now() as f64 / 1e9).into()) },
];

fn sleep(call: &Call<'_>) -> Given {
    let seconds = call.number(0, "seconds")?;
    if seconds < 0.0 {
        return Err(raise(ErrorKind::ValueError, format!("sleep: seconds must be 0 or more, not {seconds}")));
    }
    life::sleep(call.ctx()?, nanos(seconds)).map(Dynamic::from).map_err(from_ipc)
}

//! Chance in the language: each process has a stream of its own that the run's seed fixes.

use super::binding::{Call, Function, Given};
use super::raise::raise;
use crate::ipc::ErrorKind;

pub(super) const FUNCTIONS: &[Function] =
    &[Function { name: "random", takes: &[], run: random }, Function { name: "randint", takes: &["least", "most"], run: randint }];

/// A float from 0 up to but not including 1: 53 bits, as many as a float holds.
fn random(call: &Call<'_>) -> Given {
    Ok(((call.runtime.random()? >> 11) as f64 / (1u64 << 53) as f64).into())
}

/// An integer between two, both included, each as likely as the others.
fn randint(call: &Call<'_>) -> Given {
    let (least, most) = (call.int(0, "least")?, call.int(1, "most")?);
    if least > most {
        return Err(raise(ErrorKind::ValueError, format!("randint: there is no integer from {least} up to {most}")));
    }
    let span = most.wrapping_sub(least) as u64;
    let bits = match span.checked_add(1) {
        None => call.runtime.random()?,
        Some(count) => loop {
            // What is left over after the last whole round would favour the small numbers.
            let bits = call.runtime.random()?;
            if bits < u64::MAX - u64::MAX % count {
                break bits % count;
            }
        },
    };
    Ok(least.wrapping_add(bits as i64).into())
}

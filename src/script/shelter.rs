//! What panics inside of the script engine is an error of the script, with its line: the engine's own functions may
//! not be ready for what a script calls them with. A panic of ours stays a fault of ours.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use rhai::{EvalAltResult, Position};

use super::raise::raise;
use super::runtime::Runtime;
use crate::ipc::ErrorKind;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Lets the engine run. Errors: its own, and RuntimeError for a panic of it.
pub fn sheltered<T>(runtime: &Runtime, run: impl FnOnce() -> Result<T, Box<EvalAltResult>>) -> Result<T, Box<EvalAltResult>> {
    let before = INSIDE.replace(true);
    // What it leaves half done is the script's own, which ends here.
    let result = catch_unwind(AssertUnwindSafe(run));
    INSIDE.set(before);
    result.unwrap_or_else(|panic| {
        let mut error = raise(ErrorKind::RuntimeError, format!("the script engine failed in this call: {}", words(panic.as_ref())));
        error.set_position(Position::new(u16::try_from(runtime.line()).unwrap_or_default(), 0));
        Err(error)
    })
}

/// Whether a panic at this place of the source is the engine's, and somebody catches it.
pub fn is_caught(place: Option<&Location<'_>>) -> bool {
    // Of our own files the compiler knows the path inside of the project.
    INSIDE.get() && place.is_some_and(|place| !place.file().starts_with("src/"))
}

/// What a panic said, in one line.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.and_then(|text| text.lines().next()).unwrap_or("it does not say why")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_ours_is_not_the_engines() {
        assert!(!is_caught(Some(Location::caller())), "nobody shelters it");
        INSIDE.set(true);
        assert!(!is_caught(Some(Location::caller())) && !is_caught(None));
        INSIDE.set(false);
    }

    #[test]
    fn what_panics_is_an_error_of_the_line_that_was_reached() {
        let scenario = crate::script::scenario::assemble("t", "t.rhai", "print(1);", None).expect("a scenario");
        let runtime = Runtime::new(&scenario, Vec::new());
        runtime.reach(Position::new(3, 7));
        let panics = |text: &str| sheltered(&runtime, || -> Result<(), _> { panic!("{text}") }).expect_err("it panics");
        let error = panics("no such order\nnote: more");
        assert_eq!(error.position().line(), Some(3));
        let told = error.to_string();
        assert!(told.contains("RuntimeError") && told.contains("the script engine failed in this call: no such order"), "{told}");
        assert!(!told.contains("more"), "{told}");
        assert_eq!(sheltered(&runtime, || Ok(7)).ok(), Some(7));
        assert!(!INSIDE.get());
    }
}

//! All that the language offers beyond what the engine brings: the classes and the free functions.
//! A new primitive is one file and its lines here.

use std::collections::BTreeSet;

use super::binding::{Class, Function};
use super::types::Type;
use super::{
    array, barrier, condition, event, lock, manager, pipe, pool, print, process, proxy, queue, random, registered, semaphore, simple_queue,
    task, time, value,
};

pub(super) const CLASSES: &[&Class] = &[
    &process::CLASS,
    &task::CLASS,
    &pipe::CLASS,
    &queue::QUEUE,
    &queue::JOINABLE,
    &simple_queue::CLASS,
    &event::CLASS,
    &lock::LOCK,
    &lock::RLOCK,
    &semaphore::SEMAPHORE,
    &semaphore::BOUNDED,
    &condition::CLASS,
    &barrier::CLASS,
    &value::CLASS,
    &array::CLASS,
    &pool::CLASS,
    &pool::RESULT_CLASS,
    &manager::CLASS,
    &proxy::LIST,
    &proxy::DICT,
    &proxy::NAMESPACE,
    &proxy::VALUE,
    &proxy::QUEUE,
    &proxy::LOCK,
    &proxy::RLOCK,
    &proxy::SEMAPHORE,
    &proxy::BOUNDED,
    &proxy::EVENT,
    &proxy::CONDITION,
    &proxy::BARRIER,
    &registered::CLASS,
    &registered::THIS_CLASS,
];

/// What is known of the values of all classes without a call.
pub(super) fn types() -> Vec<Type> {
    CLASSES.iter().map(|class| class.facts()).collect()
}

/// Functions by the file that offers them.
pub(super) const FUNCTIONS: &[&[Function]] = &[
    process::FUNCTIONS,
    task::FUNCTIONS,
    pipe::FUNCTIONS,
    queue::FUNCTIONS,
    simple_queue::FUNCTIONS,
    event::FUNCTIONS,
    lock::FUNCTIONS,
    semaphore::FUNCTIONS,
    condition::FUNCTIONS,
    barrier::FUNCTIONS,
    value::FUNCTIONS,
    array::FUNCTIONS,
    pool::FUNCTIONS,
    manager::FUNCTIONS,
    print::FUNCTIONS,
    random::FUNCTIONS,
    time::FUNCTIONS,
];

/// Functions on lists, by the file that offers them.
pub(super) const LIST_FUNCTIONS: &[Function] = pipe::LIST_FUNCTIONS;

/// Functions whose result depends on nothing but their arguments and the parameters: they may make constants.
pub(super) const STEADY: &[&str] = &["param", "fixed", "repeat", "cpu_count"];

/// A free function by its name.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().copied().flatten().chain(LIST_FUNCTIONS).find(|function| function.name == name)
}

/// Functions that make objects with a name: those that are called as a class is, with a capital, and the
/// methods of a manager and of a pool that give an object.
pub(super) fn makers() -> BTreeSet<&'static str> {
    FUNCTIONS
        .iter()
        .flat_map(|table| table.iter())
        .map(|function| function.name)
        .filter(|name| name.starts_with(char::is_uppercase))
        .chain(manager::makers())
        .chain(pool::makers())
        .collect()
}

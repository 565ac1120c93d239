//! What a script holds that is neither a plain value nor a shared object: an end of a pipe, a process, a task.
//! Data only; what can be done with each is said by the file of its primitive.

use std::cell::RefCell;
use std::rc::Rc;

use rhai::FnPtr;

use crate::ipc::Value;
use crate::trace::{ActorId, KindId, ObjectId};

/// One end of a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub object: ObjectId,
    pub end: u8,
    pub kind: KindId,
}

/// A function with its bound arguments, and the label by which it is shown.
#[derive(Clone)]
pub(super) struct Task {
    /// With the arguments bound to it.
    pub function: FnPtr,
    pub label: String,
}

/// A process. Copies are one handle.
#[derive(Clone)]
pub(super) struct Handle(pub Rc<RefCell<Intended>>);

/// What a handle's process is to be, or is.
pub(super) struct Intended {
    pub name: String,
    pub function: String,
    pub args: Vec<Value>,
    pub daemon: bool,
    /// None: not started yet.
    pub actor: Option<ActorId>,
    /// The handle was given up.
    pub closed: bool,
}

impl Handle {
    pub(super) fn new(intended: Intended) -> Handle {
        Handle(Rc::new(RefCell::new(intended)))
    }

    /// The handle of a process that runs, as it arrives in an argument.
    pub(super) fn known(actor: ActorId, name: String) -> Handle {
        Handle::new(Intended { name, function: String::new(), args: Vec::new(), daemon: false, actor: Some(actor), closed: false })
    }

    /// Which actor it is, if it was started, and its name.
    pub(super) fn identity(&self) -> (Option<ActorId>, String) {
        let intended = self.0.borrow();
        (intended.actor, intended.name.clone())
    }
}

//! How values of the language stand for what processes share: the facts of each type that can be told without
//! a call. What can be done with a value is said by its class.

use std::any::TypeId;

use rhai::Dynamic;

use crate::ipc::Context;
use crate::trace::{KindId, ObjectId};

/// What there is to know of one type of values beside what can be done with them.
#[derive(Clone, Copy)]
pub struct Type {
    /// As `type_of` says it.
    pub name: &'static str,
    pub type_id: TypeId,
    /// For types of shared objects.
    pub shared: Option<Shared>,
    /// What a value is shown as, where that is not its name.
    pub text: Option<fn(&Context, ObjectId) -> Option<String>>,
    /// `with x { … }`: what takes and what releases.
    pub guard: Option<(Hold, Hold)>,
}

/// Takes or releases an object's lock.
pub(super) type Hold = fn(&Context, ObjectId) -> crate::ipc::error::Result<()>;

/// How a type's values and objects stand for each other.
#[derive(Clone, Copy)]
pub struct Shared {
    pub kind: KindId,
    pub wrap: fn(ObjectId) -> Dynamic,
    pub object: fn(&Dynamic) -> Option<ObjectId>,
}

/// A handle of a shared object; one Rust type for each kind, so that the engine tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Object<const KIND: u8>(pub ObjectId);

impl<const KIND: u8> Object<KIND> {
    pub(super) const SHARED: Shared = Shared { kind: KindId(KIND), wrap: Self::wrap, object: Self::object };

    pub(super) fn type_id() -> TypeId {
        TypeId::of::<Self>()
    }

    pub(super) fn type_name() -> &'static str {
        std::any::type_name::<Self>()
    }

    pub(super) fn wrap(object: ObjectId) -> Dynamic {
        Dynamic::from(Object::<KIND>(object))
    }

    pub(super) fn object(value: &Dynamic) -> Option<ObjectId> {
        value.read_lock::<Self>().map(|handle| handle.0)
    }
}

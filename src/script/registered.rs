//! Objects that a manager makes of a function of the script, in the language: for those who use one a
//! handle with whatever methods the script calls, for its own methods `this`, with fields.

use std::any::TypeId;
use std::collections::BTreeSet;
use std::rc::Rc;

use rhai::{AST, ASTNode, Dynamic, Engine, Expr};

use super::binding::{Call, Class, Given};
use super::convert;
use super::proxy;
use super::raise::{from_ipc, type_error};
use super::runtime::Runtime;
use super::types::Object;
use crate::ipc::registered::{field, method, set_field};
use crate::kind::managed::OBJECT_ID;
use crate::trace::ObjectId;

const HANDLE: u8 = OBJECT_ID.0;

/// The number of no kind: `this` stands for an object where it lies, and does not travel.
const THIS: u8 = 127;

pub(super) const CLASS: Class = Class::shared::<HANDLE>("managed object");

pub(super) const THIS_CLASS: Class = Class {
    // A property that is none of the class's own is looked up as an index.
    index: Some((
        |call| {
            let value = field(call.ctx()?, call.object::<THIS>()?, &call.text(0, "field")?).map_err(from_ipc)?;
            convert::to_dynamic(value, call.runtime)
        },
        |call| {
            let (object, name) = (call.object::<THIS>()?, call.text(0, "field")?);
            set_field(call.ctx()?, object, &name, &call.value(1)?).map(Dynamic::from).map_err(from_ipc)
        },
    )),
    // The object is where its methods run: what they change of a field's value is changed in the field.
    own: true,
    ..Class::shared::<THIS>("this")
};

/// What a method has as `this`.
pub(super) fn this(object: ObjectId) -> Dynamic {
    Object::<THIS>::wrap(object)
}

/// Which methods an object has only its server knows; so a handle has every method that the script calls
/// anywhere, and the server says what it lacks.
pub(super) fn register_methods(engine: &mut Engine, runtime: &Rc<Runtime>, ast: &AST) {
    let mut called: BTreeSet<(String, usize)> = BTreeSet::new();
    ast.walk(&mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::MethodCall(call, _))) = path.last() {
            called.insert((call.name.to_string(), call.args.len()));
        }
        true
    });
    for (name, count) in called {
        let types = |first| std::iter::once(first).chain(std::iter::repeat_n(TypeId::of::<Dynamic>(), count)).collect::<Vec<_>>();
        let (asking, own) = (runtime.clone(), runtime.clone());
        let (asked, called) = (name.clone(), name.clone());
        engine.register_raw_fn(name.clone(), types(TypeId::of::<Object<HANDLE>>()), move |native, args| {
            proxy::ask(&Call::of_method(&asking, &native, args), &asked)
        });
        engine.register_raw_fn(name, types(TypeId::of::<Object<THIS>>()), move |native, args| {
            call_own(&Call::of_method(&own, &native, args), &called)
        });
    }
}

/// `this.other()`: a method of the same object, by the same thread. What is shared of it are the fields, and
/// each access to one is a step; the call itself is none.
fn call_own(call: &Call<'_>, name: &str) -> Given {
    let (function, bound) = method(call.ctx()?, call.object::<THIS>()?, name).map_err(from_ipc)?;
    let bound = bound.into_iter().map(|value| convert::to_dynamic(value, call.runtime)).collect::<Result<Vec<_>, _>>()?;
    let args: Vec<Dynamic> = bound.into_iter().chain((0..call.count()).map(|at| call.arg(at).clone())).collect();
    call.runtime.fits(call.runtime.name_of(&function), args.len()).map_err(|wrong| type_error(format!("{name}: {wrong}")))?;
    convert::function(&function, call.runtime)?.call_raw(call.native, Some(&mut call.receiver().clone()), args)
}

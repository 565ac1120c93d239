//! Any event whatever, for property tests: nonsense ids, changes that contradict each other, odd texts.
//! Ids stay small, so that they also meet.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

fn actor() -> impl Strategy<Value = ActorId> {
    prop_oneof![9 => 0u16..8, 1 => 0u16..600].prop_map(ActorId)
}

fn object() -> impl Strategy<Value = ObjectId> {
    prop_oneof![9 => 0u16..6, 1 => 0u16..600].prop_map(ObjectId)
}

fn part() -> impl Strategy<Value = PartRef> {
    (object(), prop_oneof![9 => 0u8..9, 1 => any::<u8>()]).prop_map(|(object, part)| PartRef::new(object, part))
}

fn message() -> impl Strategy<Value = MessageId> {
    prop_oneof![9 => 0u64..8, 1 => any::<u64>()].prop_map(MessageId)
}

fn preview() -> impl Strategy<Value = Preview> {
    prop_oneof![".{0,12}", "[a-z]{90,120}", "[一-十]{30,40}"].prop_map(|text| Preview::new(&text))
}

fn op() -> impl Strategy<Value = OpId> {
    prop_oneof![9 => (0u8..13, 0u8..18).prop_map(|(kind, number)| OpId::new(KindId(kind), number)), 1 => any::<u16>().prop_map(OpId)]
}

fn on() -> impl Strategy<Value = On> {
    prop_oneof![
        Just(On::Nothing),
        object().prop_map(On::Object),
        (object(), any::<u32>()).prop_map(|(object, index)| On::Cell(object, index)),
        (object(), 0u8..4).prop_map(|(object, end)| On::End(object, end)),
        actor().prop_map(On::Actor),
    ]
}

fn until() -> impl Strategy<Value = Until> {
    prop_oneof![
        Just(Until::Deadline),
        part().prop_map(Until::FlagUp),
        (part(), any::<i64>()).prop_map(|(part, number)| Until::CountAbove(part, number)),
        (part(), option::of(part())).prop_map(|(part, sleepers)| Until::OwnerFree(part, sleepers)),
        part().prop_map(Until::SlotsFilled),
        (part(), 0u8..4).prop_map(|(part, end)| Until::Readable(part, end)),
        (part(), 0u8..4).prop_map(|(part, end)| Until::Writable(part, end)),
        actor().prop_map(Until::Ended),
        part().prop_map(Until::Left),
        part().prop_map(Until::Emptied),
    ]
}

fn wait() -> impl Strategy<Value = Wait> {
    (vec(until(), 0..3), option::of(any::<u64>())).prop_map(|(until, deadline)| Wait { until, deadline })
}

fn next() -> impl Strategy<Value = Next> {
    prop_oneof![Just(Next::Goes), Just(Next::Ends), wait().prop_map(Next::Waits)]
}

/// Any change.
pub fn change() -> impl Strategy<Value = Change> {
    let made = (object(), 0u8..13, "[a-z.]{0,8}", option::of(object()), option::of(actor()))
        .prop_map(|(object, kind, name, owner, home)| Change::Made { object, kind: KindId(kind), name, owner, home });
    let of_messages = prop_oneof![
        (message(), preview()).prop_map(|(message, value)| Change::Composed { message, value }),
        (message(), option::of(part()), option::of(part())).prop_map(|(message, from, to)| Change::Moved { message, from, to }),
        (message(), any::<u64>(), any::<u64>(), any::<u64>()).prop_map(|(message, written, read, frame)| Change::Passed {
            message,
            written,
            read,
            frame
        }),
        message().prop_map(|message| Change::Dropped { message }),
        message().prop_map(|message| Change::Finished { message }),
    ];
    let of_cells = prop_oneof![
        (part(), 0u32..4, option::of(preview()), preview()).prop_map(|(part, at, key, value)| Change::Inserted { part, at, key, value }),
        (part(), 0u32..4, any::<u32>()).prop_map(|(part, first, count)| Change::Removed { part, first, count }),
    ];
    let of_parts = prop_oneof![
        (part(), prop_oneof![9 => 0u32..4, 1 => any::<u32>()], vec(preview(), 0..3)).prop_map(|(part, first, values)| Change::Wrote {
            part,
            first,
            values
        }),
        (part(), any::<i64>(), option::of(any::<i64>())).prop_map(|(part, value, max)| Change::Counted { part, value, max }),
        (part(), any::<bool>()).prop_map(|(part, up)| Change::Raised { part, up }),
        (part(), option::of(actor()), 0u32..3).prop_map(|(part, owner, depth)| Change::Owned { part, owner, depth }),
        (part(), any::<u64>(), proptest::option::of((any::<u16>(), any::<u16>()))).prop_map(|(part, bytes, pages)| Change::Filled {
            part,
            bytes,
            pages: pages.map(|(used, of)| Pages { used, of }),
        }),
    ];
    let of_actors = prop_oneof![
        (part(), actor()).prop_map(|(part, actor)| Change::Queued { part, actor }),
        (part(), actor()).prop_map(|(part, actor)| Change::Left { part, actor }),
        (part(), part(), actor()).prop_map(|(from, to, actor)| Change::Requeued { from, to, actor }),
        (part(), 0u8..4, actor()).prop_map(|(part, end, process)| Change::Opened { part, end, process }),
        (part(), 0u8..4, actor()).prop_map(|(part, end, process)| Change::Closed { part, end, process }),
        (part(), 0u8..4).prop_map(|(part, end)| Change::SeenClosed { part, end }),
        object().prop_map(|object| Change::Broken { object }),
        (object(), object()).prop_map(|(object, lock)| Change::Under { object, lock }),
    ];
    prop_oneof![3 => made, 2 => of_messages, 1 => of_cells, 2 => of_parts, 2 => of_actors]
}

fn born() -> impl Strategy<Value = Born> {
    let role = prop_oneof![Just(Role::Process), Just(Role::Helper), Just(Role::Hand)];
    (actor(), role, actor(), option::of(actor()), option::of(object()), "[a-z_0-9]{0,8}", any::<u32>()).prop_map(
        |(actor, role, process, creator, object, name, pid)| Born {
            actor,
            role,
            process,
            creator,
            object,
            name,
            function: "f".into(),
            pid,
            tid: pid,
        },
    )
}

fn body() -> impl Strategy<Value = Body> {
    let detail = || option::of(preview());
    let grant = || prop_oneof![Just(Grant::Proceed), Just(Grant::Expire)];
    let cause = prop_oneof![
        any::<i32>().prop_map(Cause::Exit),
        (0i32..40).prop_map(Cause::Signal),
        Just(Cause::Returned),
        any::<i32>().prop_map(Cause::NotStarted)
    ];
    let candidates = vec((actor(), grant()).prop_map(|(actor, grant)| Candidate { actor, grant }), 0..3);
    let host = prop_oneof![
        prop_oneof![Just(Mode::Gated), any::<u32>().prop_map(|milli_speed| Mode::Free { milli_speed })].prop_map(Body::Mode),
        (candidates, option::of(any::<u64>()), any::<bool>()).prop_map(|(candidates, next_deadline, stuck)| Body::Rest(Rest {
            candidates,
            next_deadline,
            stuck
        })),
        (any::<u64>(), actor(), grant()).prop_map(|(step, actor, grant)| Body::Granted { step, actor, grant }),
        (any::<u64>(), any::<u64>()).prop_map(|(step, to)| Body::Clock { step, to }),
        (actor(), cause, vec(change(), 0..4)).prop_map(|(actor, cause, changes)| Body::Died(Died { actor, cause, changes })),
        (actor(), any::<bool>()).prop_map(|(actor, stopped)| Body::Stopped { actor, stopped }),
        vec(change(), 0..4).prop_map(|changes| Body::Also { changes }),
        any::<u32>().prop_map(|count| Body::Lost { count }),
    ];
    prop_oneof![
        2 => born().prop_map(Body::Born),
        1 => (op(), on(), any::<u32>(), detail()).prop_map(|(op, on, line, detail)| Body::Announced(Announced { op, on, line, detail })),
        4 => (op(), any::<u8>(), on(), any::<u32>(), detail(), next(), vec(change(), 0..4)).prop_map(
            |(op, outcome, on, line, detail, next, changes)| {
                // Half of the outcomes are known ones.
                let outcome = if outcome < 128 { outcome % 6 } else { outcome };
                Body::Acted(Acted { op, outcome, on, line, detail, next, changes })
            }
        ),
        1 => (".{0,20}", any::<u32>(), any::<bool>(), any::<bool>())
            .prop_map(|(text, line, more, error)| Body::Printed(Printed { text, line, more, error })),
        2 => host,
    ]
}

/// Any event.
pub fn event() -> impl Strategy<Value = Event> {
    (actor(), 0u64..1 << 40, any::<u64>(), body())
        .prop_map(|(actor, time, wall, body)| Event { actor, time, wall, body })
        .prop_filter("an event fits its slot", |event| codec::encode(event).is_ok())
}

/// A few events of several sorts, always the same.
pub fn few() -> Vec<Event> {
    let at = |time, body| Event { actor: ActorId::MAIN, time, wall: time * 2, body };
    vec![
        at(0, Body::Mode(Mode::Gated)),
        at(1, Body::Printed(Printed { text: "hello, 世界".into(), line: 3, more: false, error: false })),
        at(2, Body::Also { changes: vec![Change::Dropped { message: MessageId(300) }] }),
        at(3, Body::Died(Died { actor: ActorId::MAIN, cause: Cause::Signal(9), changes: vec![] })),
    ]
}

//! What all processes of a run map: control block, gate, clock, actor table, objects and parts, trace ring.

//! How a started process becomes an actor and runs its function.

//! The only unsafe code: mappings, futex words, starting processes, descriptors, peeking at /proc and pipes.

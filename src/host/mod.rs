//! Starts processes, folds its own World from the trace, grants, notices deaths, cleans up, lends the hand.

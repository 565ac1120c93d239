//! Sentences from world and kind: narration, explanations, chains of who waits for whom.

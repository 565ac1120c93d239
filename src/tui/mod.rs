//! The screen: action, key map, update, theme; one view per part and per panel. Reads World, returns actions.

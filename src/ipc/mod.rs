//! How each primitive acts, on arena and sys alone; one file each.

//! Which reads of a chain only pass on a copy. In `d["k"].len()` the item is read and the next link works on
//! what was read; the engine then hands that back as if `d["k"] = …` had been written, because it cannot tell
//! a change from a look. The source can: a link that another one follows is never assigned to. Read off the source
//! once, so that the setters of shared objects know which calls of theirs nobody wrote.

use std::collections::BTreeMap;

use rhai::{AST, ASTFlags, ASTNode, Expr, Position};

/// How a link reads: by key, `d["k"]`, or by name, `v.value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Index,
    Name,
}

/// The places of all links of a script that another link follows.
#[derive(Default)]
pub(super) struct Links(BTreeMap<(usize, usize), Link>);

impl Links {
    pub(super) fn of(ast: &AST) -> Links {
        let mut links = BTreeMap::new();
        ast.walk(&mut |path: &[ASTNode]| {
            match path.last() {
                Some(ASTNode::Expr(Expr::Index(parts, options, place))) if !options.intersects(ASTFlags::BREAK) && goes_on(&parts.rhs) => {
                    links.extend(key(*place).map(|key| (key, Link::Index)));
                }
                // The engine calls the function of a property at its name, and that of an index in its place at the dot.
                Some(ASTNode::Expr(Expr::Dot(parts, _, place))) => {
                    if let Expr::Dot(next, ..) | Expr::Index(next, ..) = &parts.rhs {
                        links.extend(key(*place).map(|key| (key, Link::Name)));
                        links.extend(key(next.lhs.position()).map(|key| (key, Link::Name)));
                    }
                }
                _ => {}
            }
            true
        });
        Links(links)
    }

    /// How the link at a place reads, if another one follows it.
    pub(super) fn at(&self, place: Position) -> Option<Link> {
        self.0.get(&key(place)?).copied()
    }
}

fn goes_on(expr: &Expr) -> bool {
    matches!(expr, Expr::Dot(..) | Expr::Index(..))
}

fn key(place: Position) -> Option<(usize, usize)> {
    Some((place.line()?, place.position()?))
}

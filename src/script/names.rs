//! What objects are called: the variable of the statement that makes them, with an index where one
//! statement makes several; the key in a map that goes to no variable. Read off the source, not off the run, so that it is the same everywhere.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Expr, Position, Stmt};

use crate::trace::fitting_name;

/// Where objects are made, and what they will be called.
#[derive(Default)]
pub struct Names {
    sites: BTreeMap<(usize, usize), Site>,
    /// How many objects each name has been given to.
    given: RefCell<BTreeMap<String, u32>>,
}

struct Site {
    name: String,
    /// The statement makes several: even the first has an index.
    several: bool,
}

impl Names {
    /// `makers` are the names of the functions that make objects.
    pub fn of(ast: &AST, makers: &BTreeSet<&str>) -> Names {
        let mut found: Vec<((usize, usize), usize, String, bool)> = Vec::new();
        let mut keyed: BTreeMap<(usize, usize), String> = BTreeMap::new();
        ast.walk(&mut |path: &[ASTNode]| {
            if let Some(ASTNode::Expr(Expr::Map(map, _))) = path.last() {
                let made = |item| made_here(&ASTNode::Expr(item), makers);
                keyed.extend(map.0.iter().filter_map(|(key, item)| Some((made(item)?, key.name.to_string()))));
            }
            let Some(call) = path.last().and_then(|node| made_here(node, makers)) else { return true };
            if let Some((at, name)) = path.iter().enumerate().rev().find_map(|(at, node)| named_by(node).map(|name| (at, name))) {
                keyed.remove(&call);
                let repeated = name.1 || path[..at].iter().any(is_loop);
                found.push((call, statement_id(&path[at]), name.0, repeated));
            }
            true
        });
        let mut makes: BTreeMap<usize, usize> = BTreeMap::new();
        for (_, statement, ..) in &found {
            *makes.entry(*statement).or_default() += 1;
        }
        let keyed = keyed.into_iter().map(|(place, name)| (place, Site { name, several: false }));
        let sites = found
            .into_iter()
            .map(|(place, statement, name, repeated)| (place, Site { name, several: repeated || makes[&statement] > 1 }))
            .chain(keyed)
            .collect();
        Names { sites, given: RefCell::default() }
    }

    /// The name of the next object that is made at a place; none where no variable tells it.
    pub fn next(&self, place: Position) -> Option<String> {
        let site = self.sites.get(&(place.line()?, place.position()?))?;
        let mut given = self.given.borrow_mut();
        let count = given.entry(site.name.clone()).or_default();
        let index = *count;
        *count += 1;
        let name = fitting_name(&site.name);
        Some(if index > 0 || site.several { format!("{name}[{index}]") } else { name.into_owned() })
    }
}

/// The place of a call that makes an object.
fn made_here(node: &ASTNode, makers: &BTreeSet<&str>) -> Option<(usize, usize)> {
    let (call, place) = match node {
        ASTNode::Expr(Expr::FnCall(call, place)) => (call, place),
        ASTNode::Expr(Expr::MethodCall(call, place)) => (call, place),
        ASTNode::Stmt(Stmt::FnCall(call, place)) => (call, place),
        _ => return None,
    };
    makers.contains(call.name.as_str()).then_some(())?;
    Some((place.line()?, place.position()?))
}

/// The variable that a statement is about, and whether the statement adds to a list.
fn named_by(node: &ASTNode) -> Option<(String, bool)> {
    match node {
        ASTNode::Stmt(Stmt::Var(var, ..)) => Some((var.0.name.to_string(), false)),
        ASTNode::Stmt(Stmt::Assignment(assignment)) => root(&assignment.1.lhs).map(|name| (name, false)),
        // `forks.push(Lock())`
        ASTNode::Expr(Expr::Dot(dot, ..)) => match &dot.rhs {
            Expr::MethodCall(call, _) if matches!(call.name.as_str(), "push" | "insert") => root(&dot.lhs).map(|name| (name, true)),
            _ => None,
        },
        _ => None,
    }
}

fn root(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Variable(variable, ..) => Some(variable.1.to_string()),
        Expr::Index(parts, ..) | Expr::Dot(parts, ..) => root(&parts.lhs),
        _ => None,
    }
}

fn is_loop(node: &ASTNode) -> bool {
    matches!(node, ASTNode::Stmt(Stmt::For(..) | Stmt::While(..) | Stmt::Do(..)))
}

/// A statement's address tells it from all others while the tree stands still.
fn statement_id(node: &ASTNode) -> usize {
    match node {
        ASTNode::Stmt(statement) => std::ptr::from_ref::<Stmt>(statement).addr(),
        ASTNode::Expr(expr) => std::ptr::from_ref::<Expr>(expr).addr(),
        _ => 0,
    }
}

//! A list in short pieces that clones share: a clone copies one pointer, and the first change after it one
//! pointer for each piece, and one piece. So a world with a million cells is cloned before each row that is
//! drawn, and kept as a keyframe, at little cost. Of what bears a stamp, each piece remembers the greatest, so
//! that what was written last is found without a look at every element.
//!
//! Invariant: no piece is empty, none is longer than [`MOST`], and each knows the number of its first element.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut, Index};
use std::sync::{Arc, OnceLock};

/// Elements of a piece; twice as many are parted.
const PIECE: usize = 64;
const MOST: usize = 2 * PIECE;

/// A list in shared pieces: a copy costs no elements, a change copies one piece.
#[derive(Clone, Debug)]
pub struct Pieces<T> {
    pieces: Arc<Vec<Piece<T>>>,
    len: usize,
}

/// What bears a number that tells when it was changed, greater for later changes and 0 for none.
pub trait Stamped {
    fn stamp(&self) -> u64;
}

/// The elements of a piece.
#[derive(Clone, Debug)]
struct Elements<T> {
    list: Vec<T>,
    /// The greatest stamp among them, once somebody has asked since the last change.
    newest: OnceLock<u64>,
}

impl<T> Elements<T> {
    fn new(list: Vec<T>) -> Arc<Elements<T>> {
        Arc::new(Elements { list, newest: OnceLock::new() })
    }
}

impl<T> Deref for Elements<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.list
    }
}

/// Whoever may change an element changes what its stamp is.
impl<T> DerefMut for Elements<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        self.newest = OnceLock::new();
        &mut self.list
    }
}

#[derive(Debug)]
struct Piece<T> {
    /// The number of its first element.
    start: usize,
    elements: Arc<Elements<T>>,
}

impl<T> Clone for Piece<T> {
    fn clone(&self) -> Self {
        Piece { start: self.start, elements: Arc::clone(&self.elements) }
    }
}

/// A place in the list, until the next change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    piece: usize,
    index: usize,
}

impl<T> Pieces<T> {
    /// No elements.
    pub fn new() -> Pieces<T> {
        Pieces { pieces: Arc::default(), len: 0 }
    }

    /// How many elements there are; kept, not counted.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All elements in order, from either side.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        self.pieces.iter().flat_map(|piece| piece.elements.iter())
    }

    /// The first element; `None` if there are none.
    pub fn front(&self) -> Option<&T> {
        self.pieces.first()?.elements.first()
    }

    /// The last element; `None` if there are none.
    pub fn back(&self) -> Option<&T> {
        self.pieces.last()?.elements.last()
    }

    /// The element at a place; `None` past the end.
    pub fn get(&self, at: At) -> Option<&T> {
        self.pieces.get(at.piece)?.elements.get(at.index)
    }

    /// Where the element with a number is; beyond the last one, where the next would have to be.
    pub fn place(&self, number: usize) -> At {
        let end = At { piece: self.pieces.len(), index: 0 };
        if number >= self.len {
            return end;
        }
        let after = self.pieces.partition_point(|piece| piece.start <= number);
        after.checked_sub(1).map_or(end, |piece| At { piece, index: number - self.pieces[piece].start })
    }

    /// The element with a number.
    pub fn nth(&self, number: usize) -> Option<&T> {
        self.get(self.place(number))
    }

    /// The pieces that it does not share with an earlier one.
    pub fn apart<'a>(&'a self, earlier: Option<&Pieces<T>>) -> impl Iterator<Item = &'a [T]> {
        let pointer = |piece: &Piece<T>| Arc::as_ptr(&piece.elements);
        let shared: HashSet<*const Elements<T>> = earlier.into_iter().flat_map(|earlier| &*earlier.pieces).map(pointer).collect();
        self.pieces.iter().filter(move |piece| !shared.contains(&pointer(piece))).map(|piece| piece.elements.as_slice())
    }

    /// The first place at which something is so.
    pub fn position(&self, mut is: impl FnMut(&T) -> bool) -> Option<At> {
        let found = |(at, piece): (usize, &Piece<T>)| Some(At { piece: at, index: piece.elements.iter().position(&mut is)? });
        self.pieces.iter().enumerate().find_map(found)
    }

    /// Where a key is in a list that is sorted by it, or where it would have to be.
    pub fn search_by_key<K: Ord>(&self, key: &K, mut of: impl FnMut(&T) -> K) -> Result<At, At> {
        let beyond = self.pieces.partition_point(|piece| piece.elements.first().is_some_and(|first| of(first) <= *key));
        let Some(piece) = beyond.checked_sub(1) else { return Err(At { piece: 0, index: 0 }) };
        match self.pieces[piece].elements.binary_search_by_key(key, of) {
            Ok(index) => Ok(At { piece, index }),
            Err(index) => Err(At { piece, index }),
        }
    }
}

impl<T: Stamped> Pieces<T> {
    /// The elements whose stamp is this or greater, which is not 0, with their numbers, in order.
    pub fn stamped_since(&self, stamp: u64) -> impl Iterator<Item = (usize, &T)> {
        let late = self.pieces.iter().filter(move |piece| piece.newest() >= stamp);
        late.flat_map(|piece| (piece.start..).zip(piece.elements.iter())).filter(move |(_, element)| element.stamp() >= stamp)
    }

    /// The last of the elements with the greatest stamp, and its number; none where no element has one.
    pub fn newest(&self) -> Option<(usize, &T)> {
        let piece = self.pieces.iter().max_by_key(|piece| piece.newest()).filter(|piece| piece.newest() > 0)?;
        (piece.start..).zip(piece.elements.iter()).max_by_key(|(_, element)| element.stamp())
    }
}

impl<T: Stamped> Piece<T> {
    fn newest(&self) -> u64 {
        *self.elements.newest.get_or_init(|| self.elements.iter().map(Stamped::stamp).max().unwrap_or(0))
    }
}

impl<T: Clone> Pieces<T> {
    /// The element at a place, to be changed; its piece is copied if another list shares it.
    pub fn get_mut(&mut self, at: At) -> Option<&mut T> {
        Arc::make_mut(&mut Arc::make_mut(&mut self.pieces).get_mut(at.piece)?.elements).get_mut(at.index)
    }

    /// Adds an element at the end; a full last piece is followed by a new one.
    pub fn push_back(&mut self, element: T) {
        let pieces = Arc::make_mut(&mut self.pieces);
        match pieces.last_mut().filter(|piece| piece.elements.len() < PIECE) {
            Some(piece) => Arc::make_mut(&mut piece.elements).push(element),
            None => pieces.push(Piece { start: self.len, elements: Elements::new(vec![element]) }),
        }
        self.len += 1;
    }

    /// Puts an element before a place that `search_by_key` or `place` gave.
    pub fn insert(&mut self, at: At, element: T) {
        let last = self.pieces.len().checked_sub(1);
        let at_end = last.is_none_or(|last| at.piece > last || at.piece == last && at.index >= self.pieces[last].elements.len());
        if at_end {
            return self.push_back(element);
        }
        let pieces = Arc::make_mut(&mut self.pieces);
        let Some(piece) = pieces.get_mut(at.piece) else { return };
        let (start, elements) = (piece.start, &mut **Arc::make_mut(&mut piece.elements));
        elements.insert(at.index.min(elements.len()), element);
        self.len += 1;
        pieces.iter_mut().skip(at.piece + 1).for_each(|behind| behind.start += 1);
        if let Some(piece) = pieces.get_mut(at.piece).filter(|piece| piece.elements.len() > MOST) {
            let rest = Arc::make_mut(&mut piece.elements).split_off(PIECE);
            pieces.insert(at.piece + 1, Piece { start: start + PIECE, elements: Elements::new(rest) });
        }
    }

    /// Takes out the element at a place; nothing happens past the end.
    pub fn remove(&mut self, at: At) {
        let pieces = Arc::make_mut(&mut self.pieces);
        let Some(piece) = pieces.get_mut(at.piece).filter(|piece| at.index < piece.elements.len()) else { return };
        Arc::make_mut(&mut piece.elements).remove(at.index);
        let emptied = piece.elements.is_empty();
        self.len -= 1;
        pieces.iter_mut().skip(at.piece + 1).for_each(|behind| behind.start -= 1);
        if emptied {
            pieces.remove(at.piece);
        }
    }
}

/// As of a slice: there must be an element with that number.
impl<T> Index<usize> for Pieces<T> {
    type Output = T;

    fn index(&self, number: usize) -> &T {
        let At { piece, index } = self.place(number);
        &self.pieces[piece].elements[index]
    }
}

impl<T> Default for Pieces<T> {
    fn default() -> Self {
        Pieces::new()
    }
}

impl<T: PartialEq> PartialEq for Pieces<T> {
    fn eq(&self, other: &Self) -> bool {
        let same =
            |(one, other): (&Piece<T>, &Piece<T>)| Arc::ptr_eq(&one.elements, &other.elements) || one.elements.list == other.elements.list;
        let alike = self.pieces.len() == other.pieces.len() && self.pieces.iter().zip(&*other.pieces).all(same);
        alike || (self.len == other.len && self.iter().eq(other.iter()))
    }
}

impl<T: Hash> Hash for Pieces<T> {
    /// As a `Vec` of the same elements: how they lie in pieces is nobody's business.
    fn hash<H: Hasher>(&self, into: &mut H) {
        into.write_usize(self.len);
        self.iter().for_each(|element| element.hash(into));
    }
}

impl<T: Clone> FromIterator<T> for Pieces<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut out = Pieces::new();
        elements.into_iter().for_each(|element| out.push_back(element));
        out
    }
}

impl<T: Clone, const N: usize> From<[T; N]> for Pieces<T> {
    fn from(elements: [T; N]) -> Self {
        elements.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::hash_map::DefaultHasher;

    use proptest::prelude::*;

    use super::*;

    fn hash(of: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        of.hash(&mut hasher);
        hasher.finish()
    }

    #[track_caller]
    fn same(pieces: &Pieces<u32>, list: &Vec<u32>) {
        assert!(pieces.iter().eq(list.iter()) && pieces.iter().rev().eq(list.iter().rev()));
        assert_eq!((pieces.len(), pieces.front(), pieces.back()), (list.len(), list.first(), list.last()));
        assert!(pieces.pieces.iter().all(|piece| (1..=MOST).contains(&piece.elements.len())));
        assert_eq!(hash(pieces), hash(list));
        assert!((0..list.len()).all(|number| pieces[number] == list[number] && pieces.nth(number) == list.get(number)));
        assert_eq!(pieces.nth(list.len()), None);
        assert_eq!(*pieces, list.iter().copied().collect());
    }

    proptest! {
        /// Sorted or not, it does what a `Vec` does, and a clone does not change with it.
        #[test]
        fn it_is_a_list(steps in prop::collection::vec((0u8..8, 0u32..1000), 0..600)) {
            let (mut pieces, mut list) = (Pieces::new(), Vec::new());
            for (what, number) in steps {
                let (earlier, before) = (pieces.clone(), list.clone());
                let index = number as usize % (list.len() + 1);
                match what {
                    0..=3 => {
                        let at = pieces.search_by_key(&number, |element| *element);
                        let index = list.binary_search(&number);
                        assert_eq!(at.is_ok(), index.is_ok());
                        if let (Err(at), Err(index)) = (at, index) {
                            pieces.insert(at, number);
                            list.insert(index, number);
                        }
                    }
                    4 => {
                        let found = pieces.position(|element| *element >= number);
                        let index = list.iter().position(|element| *element >= number);
                        assert_eq!(found.and_then(|at| pieces.get(at)), index.map(|at| &list[at]));
                        if let (Some(at), Some(index)) = (found, index) {
                            pieces.remove(at);
                            list.remove(index);
                        }
                    }
                    5 if index < list.len() => {
                        pieces.remove(pieces.place(index));
                        list.remove(index);
                    }
                    6 => {
                        pieces.insert(pieces.place(index), list.get(index).copied().unwrap_or(2000));
                        list.insert(index, list.get(index).copied().unwrap_or(2000));
                    }
                    _ => {}
                }
                same(&pieces, &list);
                same(&earlier, &before);
            }
            for number in 5000..5200 {
                pieces.push_back(number);
                list.push(number);
            }
            same(&pieces, &list);
        }
    }

    impl Stamped for u32 {
        fn stamp(&self) -> u64 {
            u64::from(*self)
        }
    }

    #[test]
    fn what_was_changed_last_is_found_after_any_change() {
        let mut pieces: Pieces<u32> = [0; 1000].into_iter().collect();
        assert_eq!((pieces.newest(), pieces.stamped_since(1).count()), (None, 0));
        for (round, number) in [(1u32, 700), (2, 3), (3, 999), (4, 3), (5, 500)] {
            if let Some(element) = pieces.get_mut(pieces.place(number)) {
                *element = round;
            }
            assert_eq!(pieces.newest(), Some((number, &round)));
        }
        assert_eq!(pieces.stamped_since(3).collect::<Vec<_>>(), [(3, &4), (500, &5), (999, &3)]);
        pieces.insert(pieces.place(10), 9);
        assert_eq!((pieces.newest(), pieces.stamped_since(5).last()), (Some((10, &9)), Some((501, &5))));
        pieces.remove(pieces.place(10));
        pieces.push_back(5);
        assert_eq!(pieces.newest(), Some((1000, &5)));
        let earlier = pieces.clone();
        pieces.remove(pieces.place(1000));
        assert_eq!((pieces.newest(), earlier.newest()), (Some((500, &5)), Some((1000, &5))));
    }

    #[test]
    fn an_element_is_changed_in_one_clone_alone() {
        let mut pieces: Pieces<u32> = (0..500).collect();
        let earlier = pieces.clone();
        let at = pieces.search_by_key(&300, |element| *element);
        if let Some(element) = at.ok().and_then(|at| pieces.get_mut(at)) {
            *element = 7;
        }
        assert_eq!((pieces.iter().nth(300), earlier.iter().nth(300)), (Some(&7), Some(&300)));
        assert!(pieces != earlier);
        // The one piece that was changed is not shared any more.
        assert_eq!(pieces.apart(Some(&earlier)).map(<[u32]>::len).collect::<Vec<_>>(), [PIECE]);
        assert_eq!(pieces.apart(None).map(<[u32]>::len).sum::<usize>(), 500);
        assert_eq!(earlier.apart(Some(&earlier)).count(), 0);
    }
}

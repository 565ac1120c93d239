//! Memory that processes share, seen as words that are only ever touched atomically.
//!
//! The memory is a memfd sealed against shrinking, so that no process can make another fault by
//! cutting it. What the words mean is the arena's business.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::mm::{MapFlags, ProtFlags};

/// How many words of each size a mapping holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub words32: usize,
    pub words64: usize,
}

/// Where the 64-bit words start: on a cache line of their own.
const LINE: usize = 64;

impl Layout {
    fn offset64(self) -> Option<usize> {
        self.words32.checked_mul(size_of::<u32>())?.checked_next_multiple_of(LINE)
    }

    /// The size in bytes, or an error where it is nothing or more than the machine can address.
    fn bytes(self) -> io::Result<usize> {
        let rest = self.words64.checked_mul(size_of::<u64>());
        let bytes = self.offset64().zip(rest).and_then(|(offset, rest)| offset.checked_add(rest));
        match bytes {
            Some(bytes) if bytes > 0 && bytes <= isize::MAX as usize => Ok(bytes),
            _ => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("no memory can be laid out as {self:?}"))),
        }
    }
}

/// Shared memory of a given layout, unmapped on drop.
#[derive(Debug)]
pub struct Mapping {
    base: NonNull<u8>,
    bytes: usize,
    layout: Layout,
}

// SAFETY: the memory belongs to no thread, and all access goes through atomics.
unsafe impl Send for Mapping {}
// SAFETY: as above; a shared reference gives out shared references to atomics only.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// `memfd_create(name)`, `ftruncate`, `mmap(MAP_SHARED)`: new memory, all zero, and the
    /// descriptor by which another process opens it.
    pub fn create(name: &str, layout: Layout) -> io::Result<(Mapping, OwnedFd)> {
        let fd = rustix::fs::memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        rustix::fs::ftruncate(&fd, layout.bytes()? as u64)?;
        rustix::fs::fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok((Mapping::map(fd.as_fd(), layout)?, fd))
    }

    /// `mmap(MAP_SHARED)`: memory that another process created with the same layout. A descriptor
    /// of another size, or one that somebody could still cut, is an error.
    pub fn open(fd: BorrowedFd<'_>, layout: Layout) -> io::Result<Mapping> {
        let size = rustix::fs::fstat(fd)?.st_size;
        let sealed = rustix::fs::fcntl_get_seals(fd)?.contains(SealFlags::SHRINK);
        if !sealed || u64::try_from(size) != Ok(layout.bytes()? as u64) {
            let error = format!("the shared memory has {size} bytes, sealed: {sealed}, which is not {layout:?}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        Mapping::map(fd, layout)
    }

    fn map(fd: BorrowedFd<'_>, layout: Layout) -> io::Result<Mapping> {
        let bytes = layout.bytes()?;
        // SAFETY: the kernel chooses a free range, so no memory in use is replaced; the file has
        // this size and is sealed against shrinking.
        let base = unsafe { rustix::mm::mmap(ptr::null_mut(), bytes, ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED, fd, 0)? };
        let base = NonNull::new(base.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Mapping { base, bytes, layout })
    }

    /// The 32-bit words, which can serve as futexes.
    pub fn words32(&self) -> &[AtomicU32] {
        // SAFETY: the range lies at the start of the mapping (page-aligned), lives as long as
        // `self`, and is only ever touched atomically; any bits are a valid word.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr().cast(), self.layout.words32) }
    }

    /// The 64-bit words.
    pub fn words64(&self) -> &[AtomicU64] {
        let offset = self.layout.offset64().unwrap_or(0).min(self.bytes);
        // SAFETY: `offset` is a multiple of 64 and `bytes()` counted the words behind it in; else
        // as for `words32`.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr().add(offset).cast(), self.layout.words64) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range was mapped by `map`, is unmapped once, and every reference to it has
        // ended with the borrow of `self`. A failure would leave it mapped, which harms nobody.
        let _ = unsafe { rustix::mm::munmap(self.base.as_ptr().cast(), self.bytes) };
    }
}

/// Copies `bytes` into words, the last one filled up with zeros. What does not fit is left out;
/// the caller publishes the copy with a stronger store.
pub fn write_bytes(words: &[AtomicU64], bytes: &[u8]) {
    for (word, chunk) in words.iter().zip(bytes.chunks(8)) {
        let mut value = [0; 8];
        value[..chunk.len()].copy_from_slice(chunk);
        word.store(u64::from_le_bytes(value), Ordering::Relaxed);
    }
}

/// Copies the first `len` bytes out of words, or fewer where there are fewer.
pub fn read_bytes(words: &[AtomicU64], len: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    read_into(words, len, &mut bytes);
    bytes
}

/// As `read_bytes`, into a vector that is cleared first.
pub fn read_into(words: &[AtomicU64], len: usize, bytes: &mut Vec<u8>) {
    bytes.clear();
    for word in &words[..len.div_ceil(8).min(words.len())] {
        bytes.extend_from_slice(&word.load(Ordering::Relaxed).to_le_bytes());
    }
    bytes.truncate(len);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_at_any_length() {
        let words: Vec<AtomicU64> = (0..4).map(|_| AtomicU64::new(u64::MAX)).collect();
        for len in 0..=32 {
            let bytes: Vec<u8> = (0..len).map(|at| at as u8 + 1).collect();
            write_bytes(&words, &bytes);
            assert_eq!(read_bytes(&words, len), bytes);
        }
        assert_eq!(read_bytes(&words, 100).len(), 32);
        write_bytes(&words, &[7; 40]);
        assert_eq!(read_bytes(&words, 32), [7; 32]);
    }

    #[cfg(not(miri))]
    #[test]
    fn two_mappings_of_one_descriptor_share_words() -> io::Result<()> {
        let layout = Layout { words32: 3, words64: 1000 };
        let (one, fd) = Mapping::create("ipcscope-test", layout)?;
        let two = Mapping::open(fd.as_fd(), layout)?;
        one.words32()[2].store(5, Ordering::SeqCst);
        two.words64()[999].store(6, Ordering::SeqCst);
        assert_eq!(two.words32()[2].load(Ordering::SeqCst), 5);
        assert_eq!(one.words64()[999].load(Ordering::SeqCst), 6);
        assert_eq!((one.words32().len(), one.words64().len()), (3, 1000));
        assert_eq!(one.words64()[0].load(Ordering::SeqCst), 0);
        assert!(rustix::fs::ftruncate(&fd, 0).is_err(), "the memory is sealed");
        Ok(())
    }

    #[cfg(not(miri))]
    #[test]
    fn another_layout_is_refused() -> io::Result<()> {
        let (_mapping, fd) = Mapping::create("ipcscope-test", Layout { words32: 1, words64: 1 })?;
        for wrong in [(1, 2), (0, 1), (0, 0), (usize::MAX, 1), (1, usize::MAX / 4)] {
            let layout = Layout { words32: wrong.0, words64: wrong.1 };
            assert!(Mapping::open(fd.as_fd(), layout).is_err(), "{layout:?}");
        }
        let (reader, _writer) = rustix::pipe::pipe()?;
        assert!(Mapping::open(reader.as_fd(), Layout { words32: 1, words64: 1 }).is_err());
        Ok(())
    }
}

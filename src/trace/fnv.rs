//! FNV-1a, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>. The same on every machine and in every
//! version, so that it can be written down; it finds what was changed by accident, not what was changed by intent.

/// The sum of no bytes.
pub const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// The sum of bytes.
pub fn fnv1a(bytes: &[u8]) -> u64 {
    add(BASIS, bytes)
}

/// The sum when further bytes follow.
pub fn add(sum: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(sum, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::{add, fnv1a};

    #[test]
    fn the_sums_are_those_of_its_authors() {
        assert_eq!((fnv1a(b""), fnv1a(b"a")), (0xcbf2_9ce4_8422_2325, 0xaf63_dc4c_8601_ec8c));
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
        assert_eq!(add(fnv1a(b"foo"), b"bar"), fnv1a(b"foobar"));
    }
}

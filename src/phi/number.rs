//! A few bytes as one number, to be compared in one step.

/// Up to eight bytes, the first the lowest, noughts after the last. Read by overlapping loads: a copy into a
/// buffer would be waited for.
#[inline]
pub(super) const fn of_bytes(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if let Some(eight) = bytes.first_chunk() {
        u64::from_le_bytes(*eight)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        first as u64 | (last as u64) << (8 * (length - 4))
    } else if let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) {
        let half = length / 2;
        first as u64 | (bytes[half] as u64) << (8 * half) | (last as u64) << (8 * (length - 1))
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_digits_of_a_number_and_the_first_is_the_lowest() {
        let bytes = *b"abcdefgh";
        for length in 0..=bytes.len() {
            let mut padded = [0; 8];
            padded[..length].copy_from_slice(&bytes[..length]);
            assert_eq!(of_bytes(&bytes[..length]), u64::from_le_bytes(padded));
        }
    }
}

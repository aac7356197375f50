//! NULs, which end strings in a document and cannot be in a text that is written: 8 bytes are looked at in one go, and
//! most text is too short for a call of `memchr` to pay.

/// The place of the first NUL.
#[inline]
pub(crate) fn find(input: &[u8]) -> Option<usize> {
    const SHORT: usize = 24;
    let mut from = 0;
    while let Some(word) = input.get(from..).and_then(|rest| rest.first_chunk()) {
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return Some(from + marks.trailing_zeros() as usize / 8);
        }
        from += size_of::<u64>();
        if from == SHORT {
            break;
        }
    }
    memchr::memchr(0, &input[from..]).map(|found| from + found)
}

/// Whether there is a NUL. The writer asks of every text: to look for the place as well would take half as long again.
#[inline]
pub(crate) fn is_in(text: &[u8]) -> bool {
    const SHORT: usize = 64;
    if text.len() > SHORT {
        return memchr::memchr(0, text).is_some();
    }
    let holds_nul = |word: u64| marks(word) != 0;
    let (words, rest) = text.as_chunks();
    if let Some(last) = text.last_chunk() {
        // The last word overlaps the one before it.
        return words.iter().chain([last]).any(|word| holds_nul(u64::from_le_bytes(*word)));
    }
    match (rest.first_chunk(), rest.last_chunk()) {
        (Some(first), Some(last)) => {
            let halves = [*first, *last].map(u32::from_le_bytes).map(u64::from);
            holds_nul(halves[0] | halves[1] << 32)
        }
        _ => rest.contains(&0),
    }
}

/// Sets the high bit of each byte that is 0, and of none below the first such.
#[inline]
fn marks(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    #[test]
    fn a_nul_is_found_at_every_place_of_every_length() {
        for length in 0..100 {
            for filler in [0x01, 0x7F, 0x80, 0xFF] {
                let mut text = vec![filler; length];
                assert!(!super::is_in(&text), "{length} of {filler:#X}");
                assert_eq!(super::find(&text), None, "{length} of {filler:#X}");
                for place in 0..length {
                    text[place] = 0;
                    assert!(super::is_in(&text), "{place} of {length} of {filler:#X}");
                    assert_eq!(super::find(&text), Some(place), "{place} of {length} of {filler:#X}");
                    text[place] = filler;
                }
            }
        }
    }
}

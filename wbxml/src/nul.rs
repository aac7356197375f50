//! Whether text holds a NUL, which would end it in a document.

/// Most text is too short for a call to pay.
#[inline]
pub(crate) fn is_in(text: &[u8]) -> bool {
    const SHORT: usize = 64;
    if text.len() > SHORT {
        return memchr::memchr(0, text).is_some();
    }
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

#[inline]
fn holds_nul(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 0xFF;
    word.wrapping_sub(ONES) & !word & (ONES << 7) != 0
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
                for place in 0..length {
                    text[place] = 0;
                    assert!(super::is_in(&text), "{place} of {length} of {filler:#X}");
                    text[place] = filler;
                }
            }
        }
    }
}

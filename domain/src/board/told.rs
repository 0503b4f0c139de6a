//! Which symbols something was told of: symbols are numbered as they come, and a set of them is a bit each.
//!
//! A night of 10,000 symbols tells of 180,000 values. One by one they would be most of a board and nearly all of its keyframe;
//! as a set of symbols for each kind of value they are 20 kB. Invariant: a number means the same symbol for as long as the night.

use super::run::SYMBOLS;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// A value by which another of the same content is known.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The numbers of symbols, by a hash of their names.
#[derive(Debug, Default)]
pub(super) struct Numbers(HashMap<u64, usize>);

impl Numbers {
    /// The number of a symbol; `None`: there are too many.
    pub(super) fn of(&mut self, symbol: u64) -> Option<usize> {
        let next = self.0.len();
        if next >= SYMBOLS {
            return self.0.get(&symbol).copied();
        }
        Some(*self.0.entry(symbol).or_insert(next))
    }

    pub(super) fn kept(&self) -> Words {
        let mut all: Vec<(usize, u64)> = self.0.iter().map(|(symbol, number)| (*number, *symbol)).collect();
        all.sort_unstable();
        Words(all.into_iter().map(|(_, symbol)| symbol).collect())
    }

    pub(super) fn restored(kept: Words) -> Self {
        Self(kept.0.into_iter().enumerate().map(|(number, symbol)| (symbol, number)).collect())
    }
}

/// A set of symbols, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Told {
    bits: Vec<u64>,
    size: u32,
}

impl Told {
    /// Whether it was not yet in the set.
    pub(super) fn insert(&mut self, number: usize) -> bool {
        let (word, bit) = (number / 64, 1 << (number % 64));
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        let Some(word) = self.bits.get_mut(word).filter(|word| **word & bit == 0) else { return false };
        *word |= bit;
        self.size += 1;
        true
    }

    pub(super) fn size(&self) -> u32 {
        self.size
    }

    pub(super) fn kept(&self) -> KeptTold {
        KeptTold::Bits(Words(self.bits.clone()))
    }

    pub(super) fn restored(kept: KeptTold, numbers: &mut Numbers) -> Self {
        match kept {
            KeptTold::Bits(Words(bits)) => {
                let size = bits.iter().map(|word| word.count_ones()).sum();
                Self { bits, size }
            }
            KeptTold::Symbols(symbols) => {
                let mut told = Self::default();
                for number in symbols.into_iter().filter_map(|symbol| numbers.of(symbol)) {
                    told.insert(number);
                }
                told
            }
        }
    }
}

/// A set of symbols in a keyframe.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum KeptTold {
    Bits(Words),
    /// Hashes of their names, as earlier builds wrote them.
    Symbols(HashSet<u64>),
}

impl Default for KeptTold {
    fn default() -> Self {
        Self::Bits(Words::default())
    }
}

/// Numbers as text of a fixed width: half as long as decimals, and read in a tenth of the time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Words(Vec<u64>);

const WIDTH: usize = 16;

impl From<Words> for String {
    fn from(words: Words) -> Self {
        let digit = |word: u64, place: usize| {
            let nibble = (word >> (4 * (WIDTH - 1 - place))) & 0xf;
            char::from_digit(u32::try_from(nibble).unwrap_or(0), 16).unwrap_or('0')
        };
        words.0.into_iter().flat_map(|word| (0..WIDTH).map(move |place| digit(word, place))).collect()
    }
}

impl TryFrom<String> for Words {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let word = |digits: &[u8]| {
            let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.len() == WIDTH);
            digits.and_then(|digits| u64::from_str_radix(digits, 16).ok())
        };
        let words: Option<_> = text.as_bytes().chunks(WIDTH).map(word).collect();
        words.map(Self).ok_or("these are no numbers of sixteen digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_that_was_kept_is_the_same_set() {
        let (mut numbers, mut told) = (Numbers::default(), Told::default());
        for symbol in [7, u64::MAX, 0, 7, 9] {
            let number = numbers.of(symbol).unwrap_or(SYMBOLS);
            assert_eq!(told.insert(number), symbol != 7 || told.size() == 1, "{symbol}");
        }
        assert_eq!(told.size(), 4);
        let text = serde_json::to_string(&(numbers.kept(), told.kept())).unwrap_or_default();
        let (kept, set): (Words, KeptTold) = serde_json::from_str(&text).unwrap_or_default();
        let mut again = Numbers::restored(kept);
        let mut set = Told::restored(set, &mut again);
        assert_eq!((set.size(), again.of(9)), (4, Some(3)));
        assert!(!set.insert(3) && set.insert(4), "{text}");
    }

    #[test]
    fn beyond_the_most_symbols_only_those_that_are_known_have_numbers() {
        let mut numbers = Numbers::default();
        for symbol in 0..SYMBOLS as u64 {
            assert!(numbers.of(symbol).is_some());
        }
        assert_eq!((numbers.of(SYMBOLS as u64), numbers.of(3)), (None, Some(3)));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["0", "000000000000000g", "00000000000000000", "+00000000000000é"] {
            assert!(Words::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}

//! Reading what the server wrote: a small JSON reader for our own wire, and one table of fields per record.
//!
//! It runs in the browser, so its size is everybody's waiting: a derived reader for these twenty types was a seventh of the
//! WASM. It reads whole numbers only (the wire has no others), passes over fields it does not know, and answers `None`
//! to anything that is not what it expects; nobody is told why, because the answer is always to ask for everything again.
//!
//! Invariant: what the server writes (serde's `Serialize`, from the same types) reads back as it was; no input makes it panic
//! or recurse. Tests: `domain/tests/wire.rs`.

use std::borrow::Cow;

/// A place in a text.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// The fields of an object that was passed over. Read by name, so that the code for a struct is a call per field.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    text: &'a str,
    places: Vec<(Cow<'a, str>, usize)>,
}

impl Fields<'_> {
    /// The value of a field, or what its absence means.
    pub(crate) fn get<T: Read>(&self, name: &str) -> Option<T> {
        match self.places.iter().find(|(known, _)| known == name) {
            Some((_, at)) => T::read(&mut Reader { text: self.text, at: *at }),
            None => T::absent(),
        }
    }
}

/// What can be read from the wire.
pub trait Read: Sized {
    /// The value at the reader's place.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;

    /// What a field that is not there means; `None`: it must be there.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }
}

/// Reads a whole text: one value and nothing behind it.
#[must_use]
pub fn read<T: Read>(text: &str) -> Option<T> {
    let mut reader = Reader { text, at: 0 };
    let value = T::read(&mut reader)?;
    reader.peek().is_none().then_some(value)
}

impl<'a> Reader<'a> {
    /// The next byte that is not white space.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Takes this byte if it is the next.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes this byte, which must be the next.
    pub(crate) fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    /// The value behind this byte: an item of a list behind `[` or `,`.
    pub(crate) fn item<T: Read>(&mut self, behind: u8) -> Option<T> {
        self.expect(behind)?;
        T::read(self)
    }

    /// Between the items of a list: true when another follows, false when it has ended.
    pub(crate) fn more(&mut self) -> Option<bool> {
        if self.take(b',') {
            return Some(true);
        }
        self.expect(b']').map(|()| false)
    }

    /// The fields of an object, each with the place of its value.
    pub(crate) fn fields(&mut self) -> Option<Fields<'a>> {
        let mut fields = Fields { text: self.text, places: Vec::new() };
        self.expect(b'{')?;
        if self.take(b'}') {
            return Some(fields);
        }
        loop {
            let name = self.text()?;
            self.expect(b':')?;
            fields.places.push((name, self.at));
            self.skip()?;
            if !self.take(b',') {
                return self.expect(b'}').map(|()| fields);
            }
        }
    }

    /// Passes over a value, however deep.
    pub(crate) fn skip(&mut self) -> Option<()> {
        let mut depth = 0_u32;
        loop {
            match self.peek()? {
                b'"' => drop(self.text()?),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                _ => drop(self.word()?),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// A number, `true`, `false` or `null`, as it is written.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        self.peek()?;
        let rest = self.text.get(self.at..)?;
        let end = rest
            .bytes()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')));
        let word = rest.get(..end.unwrap_or(rest.len()))?;
        self.at += word.len();
        (!word.is_empty()).then_some(word)
    }

    /// A string; borrowed where nothing in it is escaped.
    pub(crate) fn text(&mut self) -> Option<Cow<'a, str>> {
        self.expect(b'"')?;
        let mut built = String::new();
        loop {
            let rest = self.text.get(self.at..)?;
            let end = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
            let plain = rest.get(..end)?;
            self.at += end + 1;
            if rest.as_bytes().get(end) == Some(&b'"') {
                if built.is_empty() {
                    return Some(Cow::Borrowed(plain));
                }
                built.push_str(plain);
                return Some(Cow::Owned(built));
            }
            built.push_str(plain);
            built.push(self.escaped()?);
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Option<char> {
        let letter = *self.text.as_bytes().get(self.at)?;
        self.at += 1;
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.unit()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                if self.text.get(self.at..self.at + 2)? != "\\u" {
                    return None;
                }
                self.at += 2;
                let second = self.unit()?.checked_sub(0xdc00)?;
                char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)?
            }
            _ => return None,
        })
    }

    /// Four digits of a `\u`.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    pub(super) fn whole(&mut self) -> Option<i64> {
        self.word()?.parse().ok()
    }
}

//! What numbers, texts, lists and the fields of a record are on the wire, for [`Reader`].
//!
//! One table per record ([`readable`]) and one per enum ([`readable_words`]); each stands beside the type it reads.

use super::read::{Read, Reader};
use std::borrow::Cow;
use std::sync::Arc;

macro_rules! whole_numbers {
    ($($type:ty),+) => {
        $(impl Read for $type {
            fn read(reader: &mut Reader<'_>) -> Option<Self> {
                Self::try_from(reader.whole()?).ok()
            }

            fn absent() -> Option<Self> {
                Some(0)
            }
        })+
    };
}

whole_numbers!(u8, u32, u64, i32, i64);

impl Read for bool {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.word()? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    fn absent() -> Option<Self> {
        Some(false)
    }
}

impl Read for String {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.text().map(Cow::into_owned)
    }
}

impl Read for Arc<str> {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        reader.text().map(|text| Arc::from(&*text))
    }
}

impl<T: Read> Read for Option<T> {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        if reader.peek() == Some(b'n') {
            return reader.word().filter(|word| *word == "null").map(|_| None);
        }
        T::read(reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut items = Vec::new();
        reader.expect(b'[')?;
        if reader.take(b']') {
            return Some(items);
        }
        loop {
            items.push(T::read(reader)?);
            if !reader.more()? {
                return Some(items);
            }
        }
    }

    fn absent() -> Option<Self> {
        Some(Vec::new())
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let pair = (reader.item(b'[')?, reader.item(b',')?);
        reader.expect(b']').map(|()| pair)
    }
}

/// The fields of a struct: their own names, or `= "name on the wire"`.
macro_rules! readable {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        $crate::wire::readable!($type { $($field = stringify!($field)),+ });
    };
    ($type:ident { $($field:ident = $name:expr),+ $(,)? }) => {
        impl $crate::wire::Read for $type {
            fn read(reader: &mut $crate::wire::Reader<'_>) -> Option<Self> {
                let fields = reader.fields()?;
                Some(Self { $($field: fields.get($name)?),+ })
            }
        }
    };
}
pub(crate) use readable;

/// The words of an enum.
macro_rules! readable_words {
    ($type:ident { $($word:literal => $variant:ident),+ $(,)? }) => {
        impl $crate::wire::Read for $type {
            fn read(reader: &mut $crate::wire::Reader<'_>) -> Option<Self> {
                match &*reader.text()? {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
pub(crate) use readable_words;

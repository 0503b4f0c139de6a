//! What is given out once and kept as a hash: tokens, generated passwords, ids.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What every token begins with, so that scanners for secrets find one that went astray.
pub const TOKEN: &str = "cb_";

/// A new token: 256 bits of chance.
#[must_use]
pub fn token() -> String {
    format!("{TOKEN}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// A new id: no secret, only never the same.
#[must_use]
pub fn id() -> String {
    hex(&rand::random::<[u8; 8]>())
}

/// A password that can be read out over a telephone: 100 bits of chance.
#[must_use]
pub fn password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567890";
    let mut text = String::new();
    for (number, byte) in rand::random::<[u8; 20]>().into_iter().enumerate() {
        if number > 0 && number % 5 == 0 {
            text.push('-');
        }
        text.push(LETTERS.get(usize::from(byte % 32)).copied().map_or('2', char::from));
    }
    text
}

/// What is kept of a secret that is all chance: nothing slower is needed for it.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same_and_a_hash_says_nothing() {
        assert_ne!(token(), token());
        assert_eq!((token().len(), password().len(), id().len()), (46, 23, 16));
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

//! Ids of runs: random UUIDs, as the contract's are.

/// A version 4 UUID of these bits.
#[must_use]
pub fn uuid(bits: u128) -> String {
    let hex = format!("{:032x}", (bits & !(0xf << 76) & !(0x3 << 62)) | (4 << 76) | (2 << 62));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

//! The clock and the source of randomness: here and nowhere else.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::ids::hex;
use domain::time::UnixMillis;

/// The time now.
pub fn now() -> UnixMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// 32 random hex digits, for new ids.
pub fn random_hex() -> String {
    hex(&random_bytes::<16>())
}

/// Random bytes from the operating system.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system always has random bytes");
    bytes
}

//! Names for runs that were given none: an adjective, an animal and a number.

use crate::clock;

const ADJECTIVES: [&str; 32] = [
    "able", "agile", "bold", "brave", "bright", "calm", "clever", "curious", "dapper", "eager",
    "fair", "gentle", "grand", "handy", "honest", "jolly", "keen", "kind", "lively", "lucky",
    "merry", "mild", "neat", "noble", "plucky", "proud", "quick", "quiet", "rare", "sharp",
    "steady", "witty",
];
const ANIMALS: [&str; 32] = [
    "ant", "badger", "bear", "bee", "bison", "cod", "crane", "crow", "deer", "dove", "eel", "elk",
    "finch", "fox", "frog", "gull", "hare", "hawk", "heron", "ibis", "koi", "lark", "lynx", "mole",
    "moth", "newt", "otter", "owl", "robin", "seal", "swan", "wren",
];

/// Such as `keen-otter-417`. Names need not be unique.
pub fn random_run_name() -> String {
    let [adjective, animal, high, low] = clock::random_bytes::<4>();
    format!(
        "{}-{}-{}",
        ADJECTIVES[usize::from(adjective) % ADJECTIVES.len()],
        ANIMALS[usize::from(animal) % ANIMALS.len()],
        u16::from_be_bytes([high, low]) % 1000
    )
}

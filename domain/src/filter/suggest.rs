//! "Did you mean": the known word nearest to an unknown one.

/// The candidate with the fewest edits, if that is few enough to be a slip: one in four characters, at least two.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 40 {
        return None;
    }
    let word = word.to_lowercase();
    let limit = (word.chars().count() / 4)
        .max(2)
        .min(word.chars().count().saturating_sub(1));
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(edits, _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut two_up: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let mut edits = (above[j] + usize::from(a[i] != b[j]))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                edits = edits.min(two_up[j - 1] + 1);
            }
            row.push(edits);
        }
        two_up = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_corrected_and_other_words_are_not() {
        let known = ["status", "timestamp", "timestamp_ms", "name"];
        assert_eq!(nearest("statsu", known), Some("status"));
        assert_eq!(nearest("STATUS", known), Some("status"));
        assert_eq!(nearest("time_stamp", known), Some("timestamp"));
        assert_eq!(nearest("customer", known), None);
        assert_eq!(nearest("x", known), None);
    }
}

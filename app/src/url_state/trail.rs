//! The pages walked to get here, in one parameter of the address: tokens joined by dots, the present one last. A token leads forward
//! alone, so the way back is kept.

/// The most tokens kept. Who walks further goes back that far, or to the first page.
const KEPT: usize = 20;

/// The token to continue from; empty for the first page.
pub fn present(trail: &str) -> &str {
    trail.rsplit('.').next().unwrap_or("")
}

/// One page further.
pub fn onward(trail: &str, token: &str) -> String {
    if trail.is_empty() {
        return token.to_owned();
    }
    let walked: Vec<&str> = trail.split('.').collect();
    match walked.len() {
        // An empty first token stands for those that were forgotten.
        count if count >= KEPT => format!(".{}.{token}", walked[count - KEPT + 2..].join(".")),
        _ => format!("{trail}.{token}"),
    }
}

/// One page back; `None` on the first page and where the way back was forgotten.
pub fn back(trail: &str) -> Option<String> {
    match trail.rsplit_once('.') {
        Some(("", _)) => None,
        Some((walked, _)) => Some(walked.to_owned()),
        None => (!trail.is_empty()).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::{back, onward, present};

    #[test]
    fn the_way_there_is_the_way_back() {
        assert_eq!(back(""), None);
        let second = onward("", "a");
        assert_eq!(
            (present(&second), back(&second)),
            ("a", Some(String::new()))
        );
        let third = onward(&second, "b");
        assert_eq!((present(&third), back(&third)), ("b", Some(second)));
    }

    #[test]
    fn a_long_way_is_forgotten_at_its_beginning() {
        let mut trail = String::new();
        for page in 0..100 {
            trail = onward(&trail, &page.to_string());
        }
        assert_eq!(present(&trail), "99");
        assert!(trail.len() < 80);
        let mut steps = 0;
        while let Some(before) = back(&trail) {
            assert!(!before.is_empty(), "the first page is not the one before");
            trail = before;
            steps += 1;
        }
        assert!((10..20).contains(&steps), "{steps}");
    }
}

//! Links from one page of a list to its neighbours.

use leptos::prelude::*;

/// The addresses of the pages around; `None` where there is no such page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageLinks {
    /// Where in the list the page is, in words, or empty.
    pub words: String,
    /// The first page, unless it is this one.
    pub first: Option<String>,
    /// The page before.
    pub before: Option<String>,
    /// The page that follows.
    pub next: Option<String>,
}

impl PageLinks {
    /// Around one of pages that are counted from 1.
    pub fn counted(words: String, page: u64, last: u64, href: impl Fn(u64) -> String) -> Self {
        Self {
            words,
            first: None,
            before: (page > 1).then(|| href(page - 1)),
            next: (page < last).then(|| href(page + 1)),
        }
    }

    /// The links; nothing if there is no other page.
    pub fn view(self) -> AnyView {
        let Self {
            words,
            first,
            before,
            next,
        } = self;
        if first.is_none() && before.is_none() && next.is_none() {
            return ().into_any();
        }
        let words =
            (!words.is_empty()).then(|| view! { <span class="quiet figures">{words}</span> });
        let link = |href: Option<String>, rel: &'static str, label: &'static str| {
            href.map(|href| view! { <a class="button" href=href rel=rel>{label}</a> })
        };
        view! {
            <nav class="pager" aria-label="Pages">
                {words}
                {link(first, "first", "« First page")}
                {link(before, "prev", "‹ Previous page")}
                {link(next, "next", "Next page ›")}
            </nav>
        }
        .into_any()
    }
}

#[cfg(test)]
mod tests {
    use super::PageLinks;

    #[test]
    fn counted_pages_lead_to_those_that_there_are() {
        let of = |page, last| {
            let links = PageLinks::counted(String::new(), page, last, |page| page.to_string());
            (links.before, links.next)
        };
        let page = |number: &str| Some(number.to_owned());
        assert_eq!(of(1, 1), (None, None));
        assert_eq!(of(1, 3), (None, page("2")));
        assert_eq!(of(2, 3), (page("1"), page("3")));
        assert_eq!(of(3, 3), (page("2"), None));
        assert_eq!(of(9, 3), (page("8"), None));
    }
}

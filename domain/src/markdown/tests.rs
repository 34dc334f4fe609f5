use super::*;

/// The tree as a short text: `p(…)`, `h2(…)`, `ul[…|…]`, `code rust(…)`, `*…*`, `**…**`, `<address>(…)`.
fn told(text: &str) -> String {
    blocks_told(&parse(text))
}

fn blocks_told(blocks: &[Block]) -> String {
    let told = blocks.iter().map(|block| match block {
        Block::Heading(level, inner) => format!("h{level}({})", inner_told(inner)),
        Block::Paragraph(inner) => format!("p({})", inner_told(inner)),
        Block::Code(language, text) => format!("code {language}({text})"),
        Block::Quote(inner) => format!("quote({})", blocks_told(inner)),
        Block::Rule => "rule".to_owned(),
        Block::List(number, items) => {
            let items: Vec<String> = items.iter().map(|item| blocks_told(item)).collect();
            let kind = number.map_or("ul".to_owned(), |number| format!("ol{number}"));
            format!("{kind}[{}]", items.join("|"))
        }
        Block::Table(head, rows) => {
            let row = |cells: &[Vec<Inline>]| {
                cells
                    .iter()
                    .map(|cell| inner_told(cell))
                    .collect::<Vec<_>>()
                    .join(",")
            };
            let rows: Vec<String> = rows.iter().map(|cells| row(cells)).collect();
            format!("table({};{})", row(head), rows.join(";"))
        }
    });
    told.collect::<Vec<_>>().join(" ")
}

fn inner_told(pieces: &[Inline]) -> String {
    let told = pieces.iter().map(|piece| match piece {
        Inline::Text(text) => text.clone(),
        Inline::Code(text) => format!("`{text}`"),
        Inline::Strong(inner) => format!("**{}**", inner_told(inner)),
        Inline::Emphasis(inner) => format!("*{}*", inner_told(inner)),
        Inline::Struck(inner) => format!("~~{}~~", inner_told(inner)),
        Inline::Link(address, inner) => format!("<{address}>({})", inner_told(inner)),
        Inline::Break => "⏎".to_owned(),
    });
    told.collect()
}

#[test]
fn what_models_write() {
    let cases = [
        ("plain", "p(plain)"),
        ("one\ntwo\n\nthree", "p(one⏎two) p(three)"),
        ("## Title ##\ntext", "h2(Title) p(text)"),
        ("#hashtag", "p(#hashtag)"),
        (
            "**bold** and *soft* and __bold__ and _soft_",
            "p(**bold** and *soft* and **bold** and *soft*)",
        ),
        ("***both***", "p(***both***)"),
        ("snake_case_name and 2*3*4", "p(snake_case_name and 2*3*4)"),
        ("a `code *x*` b", "p(a `code *x*` b)"),
        ("``a ` b``", "p(`a ` b`)"),
        ("~~gone~~", "p(~~gone~~)"),
        (
            "```rust\nfn a() {}\n```\nafter",
            "code rust(fn a() {}) p(after)",
        ),
        ("```\ncut off", "code (cut off)"),
        (
            "- a\n- b\n  - c\n  - d\n- e",
            "ul[p(a)|p(b) ul[p(c)|p(d)]|p(e)]",
        ),
        ("3. a\n4. b", "ol3[p(a)|p(b)]"),
        (
            "1. a\n\n   ```sh\n   ls\n   ```\n2. b",
            "ol1[p(a) code sh(ls)|p(b)]",
        ),
        ("Steps:\n1. a\n2. b\ndone", "p(Steps:) ol1[p(a)|p(b⏎done)]"),
        ("> said\n> twice\nafter", "quote(p(said⏎twice)) p(after)"),
        ("---\n***\ntext", "rule rule p(text)"),
        (
            "| a | b |\n|---|:-:|\n| 1 | `x` |\n| 2 \\| 3 |",
            "table(a,b;1,`x`;2 | 3,)",
        ),
        ("a | b\nno table", "p(a | b⏎no table)"),
        ("line<br>break", "p(line⏎break)"),
        ("\\*not\\* soft", "p(*not* soft)"),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), expected, "{text:?}");
    }
}

#[test]
fn links_lead_only_to_the_web_and_to_mail() {
    let cases = [
        ("[a](https://x.org/y_(z))", "p(<https://x.org/y_(z)>(a))"),
        ("[a](http://x.org \"title\")", "p(<http://x.org>(a))"),
        (
            "![alt](https://x.org/i.png)",
            "p(<https://x.org/i.png>(alt))",
        ),
        (
            "see https://x.org/a_b, ok",
            "p(see <https://x.org/a_b>(https://x.org/a_b), ok)",
        ),
        (
            "(https://x.org/a)",
            "p((<https://x.org/a>(https://x.org/a)))",
        ),
        ("<https://x.org>", "p(<https://x.org>(https://x.org))"),
        ("[m](mailto:a@b.c)", "p(<mailto:a@b.c>(m))"),
        ("[a](javascript:alert(1))", "p([a](javascript:alert(1)))"),
        ("[a](JaVaScRiPt:alert`1`)", "p([a](JaVaScRiPt:alert`1`))"),
        ("[a](data:text/html,x)", "p([a](data:text/html,x))"),
        ("[a](//x.org)", "p([a](//x.org))"),
        ("[a](/local)", "p([a](/local))"),
        ("[a](https:x)", "p([a](https:x))"),
        ("[a](vbscript:x)", "p([a](vbscript:x))"),
        ("[a](java\tscript:x)", "p([a](java\tscript:x))"),
    ];
    for (text, expected) in cases {
        assert_eq!(told(text), expected, "{text:?}");
    }
}

#[test]
fn html_is_text() {
    for text in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:x\">y</a>",
        "&lt;b&gt;",
    ] {
        assert_eq!(
            parse(text),
            [Block::Paragraph(vec![Inline::Text(text.to_owned())])]
        );
    }
}

#[test]
fn hostile_texts_take_little_time_and_depth() {
    let long = 60_000;
    let texts = [
        "*".repeat(long),
        "**a ".repeat(long / 4),
        "_a ".repeat(long / 3),
        "*a_ ".repeat(long / 4),
        "[".repeat(long),
        "[a](".repeat(long / 4),
        "![".repeat(long / 2),
        "`".repeat(long),
        "`a``b```c".repeat(long / 9),
        ">".repeat(long),
        "> ".repeat(long / 2),
        "- ".repeat(long / 2),
        "|".repeat(long),
        "|a\n|-\n".repeat(long / 6),
        "<".repeat(long),
        "https://".repeat(long / 8),
        "\\".repeat(long),
        "\n".repeat(long),
        (0..300)
            .map(|depth| format!("{}- x\n", "  ".repeat(depth)))
            .collect(),
        "\u{0}\u{202e}عربي e\u{301} 👩‍👩‍👧".repeat(1_000),
    ];
    let began = std::time::Instant::now();
    for text in &texts {
        let _ = parse(text);
    }
    // A square of the length would take minutes.
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn nothing_is_lost_at_the_greatest_depth() {
    let text = format!("{}deep", "> ".repeat(40));
    assert!(told(&text).contains("deep"));
}

//! Protects what a person pastes: nothing is lost or changed without a word, and every fault names its row.

use proptest::prelude::*;

use super::*;
use crate::ids::TemplateId;
use crate::templates::{self, Item, Section, Template, TemplateKind};

const ID: TemplateId = TemplateId::from_u128(7);

fn cells(table: &Table) -> Vec<Vec<&str>> {
    table.rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}

fn import(text: &str) -> Result<Template, Vec<RowProblem>> {
    let table = read(text).unwrap();
    into_template(&table, &guess(&table), "Sample", TemplateKind::Qa, ID, 1)
}

#[test]
fn reads_what_spreadsheets_and_people_write() {
    use TableFormat::{Comma, Lines, MarkdownTable, Semicolon, Tab, TaskList};
    type Case<'a> = (&'a str, TableFormat, Option<&'a [&'a str]>, &'a [&'a [&'a str]]);
    let cases: &[Case<'_>] = &[
        ("id,text\nA,One\nB,Two\n", Comma, Some(&["id", "text"]), &[&["A", "One"], &["B", "Two"]]),
        ("\u{feff}id;text\r\nA;One, two\r\n", Semicolon, Some(&["id", "text"]), &[&["A", "One, two"]]),
        (
            "ID\tItem text\nA\tOne, two; three\n",
            Tab,
            Some(&["ID", "Item text"]),
            &[&["A", "One, two; three"]],
        ),
        ("sep=;\nid;text\nA;1,5\n", Semicolon, Some(&["id", "text"]), &[&["A", "1,5"]]),
        // Quoted cells: separators, line ends and doubled quotation marks inside.
        (
            "text,help\n\"a, \"\"b\"\"\",\"1\r\n2\"\n",
            Comma,
            Some(&["text", "help"]),
            &[&["a, \"b\"", "1\n2"]],
        ),
        // A pasted cell with quotation marks of its own is not a quoted one.
        ("text\thelp\n\"Save\" works\tx\n", Tab, Some(&["text", "help"]), &[&["\"Save\" works", "x"]]),
        // Without a header, the rows decide.
        ("A-1\tOne\nA-2\tTwo\n", Tab, None, &[&["A-1", "One"], &["A-2", "Two"]]),
        // A value is no header.
        (
            "Install works,no\nUpdate works,mandatory\n",
            Comma,
            None,
            &[&["Install works", "no"], &["Update works", "mandatory"]],
        ),
        // Commas of prose separate nothing.
        (
            "Install works\nUpdate, then uninstall, works\n",
            Lines,
            None,
            &[&["Install works"], &["Update, then uninstall, works"]],
        ),
        ("Requirement\nInstall, update\n", Lines, Some(&["Requirement"]), &[&["Install, update"]]),
        // Empty rows and empty cells at the end of a row are nothing.
        (
            "id,text,,\nA,One,,\n,,,\n\nB,Two\n",
            Comma,
            Some(&["id", "text", "", ""]),
            &[&["A", "One"], &["B", "Two"]],
        ),
        // Right to left, emoji, and markup that stays text.
        (
            "id,text\n1,שלום עולם\n2,🎉 <script>alert(1)</script>\n",
            Comma,
            Some(&["id", "text"]),
            &[&["1", "שלום עולם"], &["2", "🎉 <script>alert(1)</script>"]],
        ),
        (
            "| id | text |\n|:--|---|\n| A | One \\| `two` |\n",
            MarkdownTable,
            Some(&["id", "text"]),
            &[&["A", "One | two"]],
        ),
        (
            "# List\n\n| text |\n|---|\n| One<br>two |\n\n## More\n\ntext |\n--- |\nThree |\n",
            MarkdownTable,
            Some(&["section", "text"]),
            &[&["List", "One\ntwo"], &["More", "Three"]],
        ),
        (
            "- [ ] One\n- [x] **Two**, [page](https://sample.example/a)\n",
            TaskList,
            Some(&["section", "text", "help"]),
            &[&["", "One"], &["", "Two, page (https://sample.example/a)"]],
        ),
        (
            "Our list\n\n## Technical\n1. [ ] One\n   - see *this*\n   - [ ] Inner\n\n2. [ ] Two\n\n   More\n## User experience\n* [X] Three\n  goes on\n",
            TaskList,
            Some(&["section", "text", "help"]),
            &[
                &["Technical", "One", "see this"],
                &["Technical", "Inner"],
                &["Technical", "Two", "More"],
                &["User experience", "Three goes on"],
            ],
        ),
        // Markdown inside a quoted cell does not make a file Markdown.
        (
            "text,help\nOne,\"do\n- [ ] this\n- [ ] that\"\n",
            Comma,
            Some(&["text", "help"]),
            &[&["One", "do\n- [ ] this\n- [ ] that"]],
        ),
    ];
    for (text, format, header, rows) in cases {
        let table = read(text).unwrap();
        assert_eq!(table.format, *format, "{text}");
        assert_eq!(table.header, header.map(|h| h.iter().map(ToString::to_string).collect()), "{text}");
        assert_eq!(cells(&table), *rows, "{text}");
    }
}

#[test]
fn numbers_rows_as_their_author_counts() {
    let numbers = |text| read(text).unwrap().rows.iter().map(|row| row.number).collect::<Vec<_>>();
    assert_eq!(numbers("id,text\nA,\"1\n2\"\nB,Two\n"), [2, 3], "a cell of two lines is one row");
    assert_eq!(numbers("id,text\n,,\nB,Two\n"), [3], "a spreadsheet's empty row counts");
    assert_eq!(numbers("A,One\nB,Two\n"), [1, 2]);
    assert_eq!(numbers("# T\n\n| text |\n|---|\n| One |\n"), [5]);
    assert_eq!(numbers("# T\n\n- [ ] One\n\n\n- [ ] Two\n"), [3, 6]);
}

#[test]
fn refuses_with_the_row_named() {
    let long = "x".repeat(MAX_CELL + 1);
    let many = |count| "A,One\n".repeat(count);
    let tasks = "- [ ] One\n".repeat(MAX_ROWS + 1);
    let cases = [
        (String::new(), TableError::Empty),
        (" \n\t\r\n".to_owned(), TableError::Empty),
        ("\u{feff}".to_owned(), TableError::Empty),
        (",,\n,\n".to_owned(), TableError::Empty),
        ("x".repeat(MAX_BYTES + 1), TableError::TooLarge { max: MAX_BYTES }),
        (many(MAX_ROWS + 1), TableError::TooManyRows { row: MAX_ROWS + 1, max: MAX_ROWS }),
        (tasks, TableError::TooManyRows { row: MAX_ROWS + 1, max: MAX_ROWS }),
        (format!("id,text\nA,One\nB,{long}\n"), TableError::CellTooLong { row: 3, column: 1, max: MAX_CELL }),
        (
            format!("id,text\nA,One{}x\n", ",".repeat(100)),
            TableError::TooManyColumns { row: 2, max: MAX_COLUMNS },
        ),
        ("id,text\nA,One\nB,Two, three\n".to_owned(), TableError::RowTooWide { row: 3, columns: 2 }),
        ("|id|text|\n|-|-|\n|A|b|c|\n".to_owned(), TableError::RowTooWide { row: 3, columns: 2 }),
        ("id,text\nA,One\nB,\"Two\nC,Three\n".to_owned(), TableError::QuoteOpen { row: 3 }),
        ("|id|text|\n|-|-|\n|A|b|\n\n|id|help|\n|-|-|\n|A|b|\n".to_owned(), TableError::Mixed { row: 5 }),
        ("- [ ] One\n\n|text|\n|-|\n|b|\n".to_owned(), TableError::Mixed { row: 3 }),
        ("|text|\n|-|\n|b|\n\n- [ ] One\n".to_owned(), TableError::Mixed { row: 5 }),
    ];
    for (text, expected) in cases {
        let start: String = text.chars().take(60).collect();
        assert_eq!(read(&text), Err(expected), "{start}");
    }
    assert_eq!(read(&many(MAX_ROWS)).unwrap().rows.len(), MAX_ROWS);
    assert!(
        read(&format!("id,text\nA,{}\n", "é".repeat(MAX_CELL))).is_ok(),
        "characters are counted, not bytes"
    );
}

#[test]
fn decodes_files() {
    let utf16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
        mark.into_iter().chain("id\té🎉".encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
    };
    assert_eq!(decode("id\té🎉".as_bytes()).unwrap(), "id\té🎉");
    assert_eq!(decode(&utf16([0xff, 0xfe], u16::to_le_bytes)).unwrap(), "id\té🎉");
    assert_eq!(decode(&utf16([0xfe, 0xff], u16::to_be_bytes)).unwrap(), "id\té🎉");
    assert_eq!(decode(b"caf\xe9,x"), Err(TableError::NotText { byte: 3 }));
    assert_eq!(decode(b"\xff\xfea\0b"), Err(TableError::NotText { byte: 4 }), "half a unit at the end");
    assert_eq!(decode(b"\xff\xfea\0\x00\xd8b\0"), Err(TableError::NotText { byte: 4 }), "half a pair");
    assert_eq!(decode(&vec![b'x'; 2 * MAX_BYTES + 1]), Err(TableError::TooLarge { max: MAX_BYTES }));
}

#[test]
fn guesses_the_columns() {
    // Of the mapping in the order section, id, text, help, required, evidence.
    let cases: [(&str, [Option<usize>; 6]); 10] = [
        ("section,id,text,help,required,evidence", [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)]),
        ("Item ID;Category;Requirement;Mandatory?", [Some(1), Some(0), Some(2), None, Some(3), None]),
        ("ID,Title,Description", [None, Some(0), Some(1), Some(2), None, None]),
        ("ID,Description", [None, Some(0), Some(1), None, None, None]),
        ("#,Test case,How to test,Evidence required", [None, Some(0), Some(1), Some(2), None, Some(3)]),
        ("Area,Item,Is required", [Some(0), None, Some(1), None, Some(2), None]),
        // No header says which: the longest texts.
        ("Area,Soll", [Some(0), None, Some(1), None, None, None]),
        // Without a header: short different codes are ids, the longest texts the text.
        ("1.1,Install works,ok\n1.2,Update works,ok", [None, Some(0), Some(1), None, None, None]),
        ("Install works\nUpdate works", [None, None, Some(0), None, None, None]),
        // What a run wrote about an item is no part of the template.
        (
            "section,id,text,required,result,note,by,at,build",
            [Some(0), Some(1), Some(2), None, Some(3), None],
        ),
    ];
    for (text, [section, id, words, help, required, evidence]) in cases {
        let mapping = guess(&read(text).unwrap());
        assert_eq!(mapping, Mapping { section, id, text: words, help, required, evidence }, "{text}");
    }
}

#[test]
fn makes_a_template() {
    let template = import(
        "Section,ID,Text,Help,Required,Evidence\n\
         Technical,T1,One,Help,yes,A picture\n\
         ,T2,Two,,no,\n\
         User experience,U1,Three,,X,\n\
         Technical,T3,Four,,,\n",
    )
    .unwrap();
    assert_eq!((template.id, template.version, template.kind), (ID, 1, TemplateKind::Qa));
    assert!(!template.derived, "what a person imports is not ours");
    let sections: Vec<_> = template
        .sections
        .iter()
        .map(|s| (s.id.as_str(), s.name.as_str(), s.items.iter().map(|i| i.id.as_str()).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        sections,
        [
            ("technical", "Technical", vec!["T1", "T2", "T3"]),
            ("user-experience", "User experience", vec!["U1"])
        ]
    );
    let required: Vec<_> = template.items().map(|item| item.required).collect();
    assert_eq!(required, [true, false, false, true]);
    let first = template.item("T1").unwrap();
    assert_eq!((first.help.as_str(), first.evidence.as_deref()), ("Help", Some("A picture")));
    assert_eq!(template.item("T2").unwrap().evidence, None);
    assert_eq!(problems(&template), []);
}

#[test]
fn ids_made_from_texts_stay() {
    let ids = |text| import(text).unwrap().items().map(|item| item.id.clone()).collect::<Vec<_>>();
    let first = ids("text\nOne click installs the app\nSign-in by SSO\nשלום\n");
    // Stored in runs and findings: if these change, every list imported before loses its history.
    assert_eq!(first, ["one-click-installs-the-94c8d78a", "sign-in-by-sso-5b97b008", "item-a8c3360e"]);
    // Another order, another section, another spacing: the same items.
    let again = ids("section,text\nNew,שלום\nNew,one  click installs the APP\n");
    assert_eq!(again, [first[2].clone(), first[0].clone()]);
}

#[test]
fn sections_of_like_names_stay_apart() {
    let template = import("section,text\nA b,1\nA-b,2\nA b 2,3\n日本,4\n中国,5\n").unwrap();
    let ids: Vec<_> = template.sections.iter().map(|section| section.id.as_str()).collect();
    assert_eq!(ids, ["a-b", "a-b-2", "a-b-2-2", "section", "section-2"]);
    assert_eq!(problems(&template), []);
}

#[test]
fn names_every_row_that_is_wrong() {
    let problem = |row, column, problem| RowProblem { row, column, problem };
    let long = "x".repeat(65);
    let text = format!(
        "id,text,required\nA,One,yes\nB,,yes\nA,Two,perhaps\nC,Three,perhaps\n,Four,no\n,FOUR,no\n{long},Five,no\nD,a\u{1}b,no\n"
    );
    assert_eq!(
        import(&text),
        Err(vec![
            problem(Some(3), Some(1), RowFault::TextMissing),
            problem(Some(4), Some(0), RowFault::IdTaken { id: "A".to_owned(), first: 2 }),
            problem(Some(5), Some(2), RowFault::RequiredUnclear { value: "perhaps".to_owned() }),
            problem(Some(7), Some(1), RowFault::TextTaken { first: 6 }),
            problem(Some(8), Some(0), RowFault::TooLong { max: 64 }),
            problem(Some(9), Some(1), RowFault::ControlCharacters),
        ])
    );

    let table = read("id,text\nA,One\n").unwrap();
    let with = |mapping: Mapping| into_template(&table, &mapping, "", TemplateKind::Own, ID, 1).unwrap_err();
    assert_eq!(with(Mapping::default()), [problem(None, None, RowFault::TextNotMapped)]);
    let outside = Mapping { text: Some(1), help: Some(2), ..Mapping::default() };
    assert_eq!(with(outside), [problem(None, Some(2), RowFault::NoSuchColumn)]);
    assert_eq!(import("id,text\n"), Err(vec![problem(None, None, RowFault::NoRows)]));
}

#[test]
fn a_wrong_guess_of_the_header_is_mended() {
    let table = read("Was\tWie\nEins\tZwei\n").unwrap();
    assert_eq!((table.header.clone(), table.rows.len()), (None, 2));
    let headed = table.clone().with_header(true);
    assert_eq!(
        (headed.header.clone().unwrap(), headed.rows.len()),
        (vec!["Was".to_owned(), "Wie".to_owned()], 1)
    );
    assert_eq!(headed.with_header(false), table, "and back");
    let markdown = read("|id|text|\n|-|-|\n|A|b|\n").unwrap().with_header(false);
    assert_eq!(markdown.rows[0], TableRow { number: 1, cells: vec!["id".to_owned(), "text".to_owned()] });
    let tasks = read("- [ ] One\n").unwrap();
    assert_eq!(tasks.clone().with_header(false), tasks, "a task list has no first row to flip");
}

#[test]
fn no_cell_of_an_export_is_a_formula() {
    let dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1", "＝1", " =1", "\n=1"];
    let harmless = ["1-1", "'quoted'", "a=b", "", "<script>"];
    let export = |help: &str| {
        let mut template = templates::built_in()[0].clone();
        help.clone_into(&mut template.sections[0].items[0].help);
        export_template_csv(&template)
    };
    for help in dangerous {
        assert!(export(help).contains(&format!(",\"'{help}\",")), "{help:?}");
    }
    for help in harmless {
        assert!(export(help).contains(&format!(",\"{help}\",")), "{help:?}");
    }
}

#[test]
fn built_in_lists_go_out_and_come_back() {
    for template in templates::built_in() {
        let back = import(&export_template_csv(template)).unwrap();
        let kept = |item: &Item| Item { touches: Vec::new(), source: None, shown_from: None, ..item.clone() };
        assert!(back.items().eq(template.items().map(kept).collect::<Vec<_>>().iter()), "{}", template.name);

        let back = import(&export_template_markdown(template)).unwrap();
        assert!(back.items().eq(template.items().map(kept).collect::<Vec<_>>().iter()), "{}", template.name);

        let back = template_from_json(&export_template_json(template), ID, 3).unwrap();
        assert_eq!(back, Template { id: ID, version: 3, derived: false, ..template.clone() });
    }
}

#[test]
fn the_next_version_of_a_list_knows_its_items_again() {
    let mut before = import("id,text\nA-1,Install works\nA-2,Update works\nA-3,Uninstall works\n").unwrap();
    before.sections[0].items[0].touches = vec!["slug".to_owned()];
    before.sections[0].items[1].source = Some("D/uninstall-apps".to_owned());
    let ids = |text: &str| {
        let mut next = import(text).unwrap();
        follow(&mut next, &before);
        next.items()
            .map(|item| (item.id.clone(), item.touches.len() + usize::from(item.source.is_some())))
            .collect::<Vec<_>>()
    };
    let known = |id: &str, kept| (id.to_owned(), kept);
    // By its id, whatever its text is now; by its text, where it has no id.
    assert_eq!(
        ids("id,text\nA-2,Update works at once\nA-1,Install works\n"),
        [known("A-2", 1), known("A-1", 1)]
    );
    assert_eq!(ids("text\n update  WORKS \nInstall works\n"), [known("A-2", 1), known("A-1", 1)]);
    let new = ids("text\nInstall works\nReload works\n");
    assert_eq!(new[0], known("A-1", 1));
    assert!(new[1].0.starts_with("reload-works-") && new[1].1 == 0, "{new:?}");
    // An id that somebody gave is not replaced by one of the same text.
    assert_eq!(ids("id,text\nB-1,Install works\n"), [known("B-1", 0)]);
}

#[test]
fn json_from_outside_is_checked() {
    let json = |text: &str| template_from_json(text, ID, 1);
    assert_eq!(json("{\n\"id\": 3}"), Err(ImportError::Text(TableError::Json { line: 2, column: 7 })));
    assert_eq!(json(""), Err(ImportError::Text(TableError::Json { line: 1, column: 0 })));
    let large = " ".repeat(MAX_BYTES + 1);
    assert_eq!(json(&large), Err(ImportError::Text(TableError::TooLarge { max: MAX_BYTES })));
    let bad = format!(
        r#"{{"id": "{ID}", "version": 9, "kind": "qa", "name": "N", "colour": 1, "sections": [
            {{"id": "a", "name": "A", "items": [{{"id": "1", "text": "One"}}, {{"id": "1", "text": " "}}]}},
            {{"id": "a", "name": "B", "items": [{{"id": "", "text": "x\u0000"}}]}}]}}"#
    );
    let problem = |row, problem| RowProblem { row, column: None, problem };
    assert_eq!(
        json(&bad),
        Err(ImportError::Rows(vec![
            problem(None, RowFault::SectionTaken { id: "a".to_owned() }),
            problem(Some(2), RowFault::TextMissing),
            problem(Some(2), RowFault::IdTaken { id: "1".to_owned(), first: 1 }),
            problem(Some(3), RowFault::IdMissing),
            problem(Some(3), RowFault::ControlCharacters),
        ]))
    );
}

/// Texts with everything that the formats give a meaning to, trimmed as reading trims.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9 ]{0,6}",
        proptest::sample::select(vec![
            ",", ";", "\t", "\n", "\"", "'", "=", "+", "-", "@", "|", "- [ ] ", "|---|", "# ", "sep=;", "\\",
            "id", "<br>", "é", "🎉", "שלום", "\u{feff}", "＝",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat().trim().to_owned())
}

fn template() -> impl Strategy<Value = Template> {
    let item = (words(), words(), any::<bool>(), words());
    let section = ("[A-Z][a-z]{0,4}", words(), proptest::collection::vec(item, 1..4));
    proptest::collection::vec(section, 1..4).prop_map(|sections| {
        let mut count = 0;
        let sections = sections
            .into_iter()
            .enumerate()
            .map(|(index, (letter, name, items))| Section {
                id: format!("s{index}"),
                name: format!("{letter}{index}{name}"),
                items: items
                    .into_iter()
                    .map(|(text, help, required, evidence)| {
                        count += 1;
                        Item {
                            id: format!("-I{count}"),
                            text: format!("{text}{count}"),
                            help,
                            required,
                            evidence: Some(evidence).filter(|words| !words.is_empty()),
                            touches: Vec::new(),
                            source: None,
                            shown_from: None,
                            extra: serde_json::Map::new(),
                        }
                    })
                    .collect(),
                extra: serde_json::Map::new(),
            })
            .collect();
        Template {
            id: ID,
            version: 1,
            kind: TemplateKind::Own,
            name: "Sample".to_owned(),
            derived: false,
            sections,
            saved: None,
            extra: serde_json::Map::new(),
        }
    })
}

proptest! {
    #[test]
    fn a_template_that_goes_out_comes_back(template in template()) {
        let csv = export_template_csv(&template);
        let table = read(&csv).unwrap();
        prop_assert_eq!(table.format, TableFormat::Comma);
        let back = into_template(&table, &guess(&table), "Sample", TemplateKind::Own, ID, 1).unwrap();
        let flat = |template: &Template| -> Vec<(String, Item)> {
            template.sections.iter().flat_map(|s| s.items.iter().map(|i| (s.name.clone(), i.clone()))).collect()
        };
        prop_assert_eq!(flat(&back), flat(&template));
        prop_assert_eq!(export_template_csv(&back), csv, "and out again, to the byte");

        // Markdown knows no tabs, and folds white space.
        let plain = |text: &str| text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n");
        let words = |template: &Template| -> Vec<[String; 5]> {
            flat(template).into_iter().map(|(section, item)| {
                [section, item.id, item.text, item.help, item.evidence.unwrap_or_default()].map(|text| plain(text.trim()))
            }).collect()
        };
        let table = read(&export_template_markdown(&template)).unwrap();
        prop_assert_eq!(table.format, TableFormat::MarkdownTable);
        let back = into_template(&table, &guess(&table), "Sample", TemplateKind::Own, ID, 1).unwrap();
        prop_assert_eq!(words(&back), words(&template));
    }

    #[test]
    fn reading_never_panics_and_keeps_its_bounds(text in "[-a,;\t\n\r\"'|: \\[\\]x#*>`=0-9.é<br]{0,200}", wide in words()) {
        for text in [&text, &wide] {
            if let Ok(table) = read(text) {
                prop_assert!(table.rows.iter().all(|row| row.cells.len() <= table.columns));
                prop_assert!(table.header.as_ref().is_none_or(|header| header.len() <= table.columns));
                let mapping = guess(&table);
                let _ = into_template(&table, &mapping, "", TemplateKind::Own, ID, 1);
                let _ = table.with_header(true).with_header(false);
            }
        }
    }

    #[test]
    fn a_line_of_plain_text_is_kept(line in "[A-Z][a-zA-Z .!?()/é]{0,40}") {
        let table = read(&format!("Requirement\n{line}\n")).unwrap();
        prop_assert_eq!(cells(&table), vec![vec![line.trim()]]);
    }
}

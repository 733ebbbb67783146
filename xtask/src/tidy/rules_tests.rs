//! Each rule over the repository itself, and over a small tree that breaks it.

use std::sync::OnceLock;

use super::tree::Tree;
use super::{Rule, all_rules};
use crate::shell::root;

fn rule(name: &str) -> &'static Rule {
    all_rules().find(|rule| rule.name == name).expect("a rule of this name")
}

fn holds(name: &str) {
    static HOUSE: OnceLock<Tree> = OnceLock::new();
    let house = HOUSE.get_or_init(|| Tree::load(root()).expect("git lists the files"));
    if let Some(complaint) = rule(name).complaint(house) {
        panic!("{complaint}");
    }
}

/// The complaint about a tree that breaks the rule must hold these words.
#[track_caller]
fn catches(name: &str, files: &[(&str, &str)], words: &str) {
    let complaint = rule(name).complaint(&Tree::of(files)).unwrap_or_default();
    assert!(complaint.contains(words), "{name} did not say {words:?}: {complaint}");
    assert!(complaint.contains(rule(name).why), "no reason is given");
}

#[track_caller]
fn accepts(name: &str, files: &[(&str, &str)]) {
    assert_eq!(rule(name).complaint(&Tree::of(files)), None);
}

macro_rules! the_house_keeps {
    ($($name:ident),* $(,)?) => {
        $(#[test] fn $name() { holds(stringify!($name)); })*

        #[test]
        fn every_rule_is_tested() {
            let tested = [$(stringify!($name)),*];
            for rule in all_rules() {
                assert!(tested.contains(&rule.name), "{} has no test", rule.name);
            }
        }
    };
}

the_house_keeps![
    wires_do_not_know_each_other,
    features_do_not_know_each_other,
    ground_knows_nothing_above_it,
    tasks_need_no_crate_of_ours,
    the_app_ships_no_test_tools,
    only_store_names_a_database_engine,
    there_is_one_database_layer,
    only_wires_and_the_app_speak_http,
    only_outbound_calls_out,
    only_media_carries_video,
    a_crate_is_named_after_its_folder,
    a_crate_asks_for_nothing_that_it_leaves,
    functions_fit_a_screen,
    files_stay_readable,
    migrations_use_the_four_types,
    sql_says_only_what_both_engines_understand,
    migrations_follow_one_another,
    every_statement_names_the_organisation,
    every_statement_is_in_a_list_that_is_prepared,
    every_crate_says_what_it_is,
    every_crate_takes_the_lints,
    no_lint_is_silenced,
    features_take_a_tx_and_never_a_db,
    nothing_is_left_half_done,
    tests_are_sentences,
    nothing_tells_of_one_machine,
    links_in_docs_lead_somewhere,
    french_keeps_its_signs_together,
    each_language_fills_in_as_much,
];

const WORKSPACE: &str = "
    [workspace.dependencies]
    kernel = { path = \"ground/kernel\" }
    store = { path = \"ground/store\" }
    testkit = { path = \"ground/testkit\" }
    identity = { path = \"features/identity\" }
    door = { path = \"wires/door\" }
    oauth = { path = \"wires/oauth\" }
";

fn manifest(name: &str, tables: &str) -> String {
    format!("[package]\nname = \"{name}\"\n{tables}")
}

#[test]
fn imports_out_of_the_shelf_are_caught() {
    let uses = |name: &str, word: &str| manifest(name, &format!("[dependencies]\n{word}.workspace = true\n"));
    for (rule, folder, word) in [
        ("wires_do_not_know_each_other", "wires/kpn", "oauth"),
        ("wires_do_not_know_each_other", "wires/door", "oauth"),
        ("features_do_not_know_each_other", "features/messaging", "identity"),
        ("features_do_not_know_each_other", "features/messaging", "testkit"),
        ("features_do_not_know_each_other", "features/flows", "door"),
        ("ground_knows_nothing_above_it", "ground/vault", "identity"),
        ("ground_knows_nothing_above_it", "ground/kernel", "store"),
        ("tasks_need_no_crate_of_ours", "xtask", "kernel"),
        ("the_app_ships_no_test_tools", "app", "testkit"),
    ] {
        let path = format!("{folder}/Cargo.toml");
        catches(
            rule,
            &[("Cargo.toml", WORKSPACE), (&path, &uses("x", word))],
            &format!("{folder} may not use"),
        );
    }
    for (rule, folder, word) in [
        ("wires_do_not_know_each_other", "wires/kpn", "door"),
        ("features_do_not_know_each_other", "features/flows", "identity"),
        ("ground_knows_nothing_above_it", "ground/vault", "store"),
    ] {
        let path = format!("{folder}/Cargo.toml");
        accepts(rule, &[("Cargo.toml", WORKSPACE), (&path, &uses("x", word))]);
    }
}

#[test]
fn a_crate_named_by_its_path_is_no_way_round() {
    let sly = manifest("x", "[dependencies]\noauth = { path = \"../oauth\" }\n");
    let files = [("Cargo.toml", WORKSPACE), ("wires/kpn/Cargo.toml", sly.as_str())];
    catches("wires_do_not_know_each_other", &files, "../oauth");
}

#[test]
fn packages_out_of_their_home_are_caught() {
    let engine = manifest("x", "[dependencies]\nsqlite = { package = \"rusqlite\", version = \"1\" }\n");
    catches(
        "only_store_names_a_database_engine",
        &[("features/booking/Cargo.toml", &engine)],
        "uses rusqlite",
    );
    accepts("only_store_names_a_database_engine", &[("ground/store/Cargo.toml", &engine)]);
    let http = manifest("x", "[target.'cfg(unix)'.dependencies]\naxum.workspace = true\n");
    catches("only_wires_and_the_app_speak_http", &[("features/booking/Cargo.toml", &http)], "uses axum");
    let client = manifest("x", "[dev-dependencies]\nreqwest.workspace = true\n");
    accepts("only_outbound_calls_out", &[("wires/kpn/Cargo.toml", &client)]);
    let client = client.replace("dev-", "");
    catches("only_outbound_calls_out", &[("wires/kpn/Cargo.toml", &client)], "uses reqwest");
}

#[test]
fn a_dependency_that_no_source_names_is_caught() {
    let rule = "a_crate_asks_for_nothing_that_it_leaves";
    let asks = manifest("x", "[dependencies]\nutoipa-axum.workspace = true\n");
    let asks = ("wires/x/Cargo.toml", asks.as_str());
    for code in ["use utoipa_axum::routes;", "fn a() { utoipa_axum::b!() }", "#[derive(utoipa_axum::C)]"] {
        accepts(rule, &[asks, ("wires/x/src/a.rs", code)]);
    }
    for code in [
        "// utoipa_axum is for others\n",
        "const A: &str = \"utoipa_axum\";",
        "use utoipa_axum_extra::a;",
        "let utoipa_axum = 1;",
    ] {
        catches(rule, &[asks, ("wires/x/src/a.rs", code)], "no source of wires/x names utoipa-axum");
    }
    let elsewhere = ("wires/y/src/a.rs", "use utoipa_axum::routes;");
    catches(rule, &[asks, elsewhere], "names utoipa-axum");
    let inner = manifest("z", "");
    let inner =
        [asks, ("wires/x/z/Cargo.toml", inner.as_str()), ("wires/x/z/src/a.rs", "use utoipa_axum::a;")];
    catches(rule, &inner, "no source of wires/x names utoipa-axum");
    let with_target =
        manifest("x", "[dev-dependencies]\ninsta.workspace = true\n[[test]]\npath = \"../y/main.rs\"\n");
    accepts(rule, &[("wires/x/Cargo.toml", &with_target), ("wires/y/a/b.rs", "use insta::a;")]);
    let list =
        |why: &str| format!("[dependencies_that_no_source_names]\n\"wires/x: utoipa-axum\" = \"{why}\"\n");
    accepts(rule, &[asks, ("xtask/tidy.toml", &list("a feature is set"))]);
    catches(rule, &[asks, ("xtask/tidy.toml", &list(""))], "names utoipa-axum");
    catches(rule, &[("xtask/tidy.toml", &list("a feature is set"))], "take it out");
}

#[test]
fn a_long_function_is_caught_and_one_in_a_test_is_not() {
    let long = format!("pub(crate) async fn wade(\n    a: u8,\n) {{\n{}}}\n", "    step();\n".repeat(70));
    catches("functions_fit_a_screen", &[("app/src/a.rs", &long)], "wade has 74 lines");
    accepts("functions_fit_a_screen", &[("tests/a.rs", &long)]);
    let indented = long.replace('\n', "\n    ");
    let tests = format!("fn short() {{ 1 }}\n\n#[cfg(test)]\nmod tests {{\n    {indented}\n}}\n");
    accepts("functions_fit_a_screen", &[("app/src/a.rs", &tests)]);
}

#[test]
fn the_list_of_long_functions_may_only_shrink() {
    let long = format!("fn wade() {{\n{}}}\n", "    step();\n".repeat(80));
    let list = |lines: usize| format!("[functions]\n\"app/src/a.rs::wade\" = {lines}\n");
    accepts("functions_fit_a_screen", &[("app/src/a.rs", &long), ("xtask/tidy.toml", &list(82))]);
    catches(
        "functions_fit_a_screen",
        &[("app/src/a.rs", &long), ("xtask/tidy.toml", &list(90))],
        "says Some(90)",
    );
    catches(
        "functions_fit_a_screen",
        &[("app/src/a.rs", &long), ("xtask/tidy.toml", &list(75))],
        "says Some(75)",
    );
    catches("functions_fit_a_screen", &[("xtask/tidy.toml", &list(82))], "take it out");
}

#[test]
fn a_fifth_type_is_caught_wherever_it_stands() {
    let name = "migrations/0001_a.sql";
    let good = "-- a JSON column, now()\nCREATE TABLE a (\n  id BYTEA NOT NULL PRIMARY KEY, -- SERIAL\n  kind TEXT NOT NULL \
                CHECK (kind IN ('x', 'now()')),\n  UNIQUE (id, kind)\n);\nALTER TABLE a ADD COLUMN at_ms BIGINT;\n";
    for rule in ["migrations_use_the_four_types", "sql_says_only_what_both_engines_understand"] {
        accepts(rule, &[(name, good)]);
    }
    let bad = good.replace("at_ms BIGINT", "at_ms INTEGER");
    catches("migrations_use_the_four_types", &[(name, &bad)], "0001_a.sql:7: column at_ms is `INTEGER`");
    let bad = good.replace("kind TEXT", "kind varchar(20)");
    catches("migrations_use_the_four_types", &[(name, &bad)], "0001_a.sql:4: column kind is `VARCHAR(20)`");
}

#[test]
fn words_of_one_engine_are_caught_in_migrations_and_in_rust() {
    let rule = "sql_says_only_what_both_engines_understand";
    catches(
        rule,
        &[("migrations/0001_a.sql", "CREATE TABLE a (\n at_ms BIGINT DEFAULT now()\n);")],
        ":2: says `NOW(`",
    );
    let rust = |sql: &str| format!("//! Rows.\nconst A: &str = \"\n    {sql}\";\n");
    for sql in
        ["INSERT OR IGNORE INTO a VALUES ($1)", "SELECT a::text FROM b", "SELECT a FROM b WHERE c = ?1"]
    {
        catches(rule, &[("features/x/src/rows.rs", &rust(sql))], "rows.rs:3: says");
    }
    accepts(
        rule,
        &[("features/x/src/rows.rs", &rust("SELECT json_text, replaced, now FROM b WHERE c = 'now()'"))],
    );
    accepts(rule, &[("ground/store/src/sqlite/writer.rs", &rust("SELECT CAST(a AS TEXT) FROM b"))]);
}

#[test]
fn a_statement_that_asks_for_no_organisation_is_caught() {
    let rule = "every_statement_names_the_organisation";
    let schema = (
        "migrations/0001_a.sql",
        "CREATE TABLE beds (id BYTEA, organisation BYTEA NOT NULL);\nCREATE TABLE words (id BYTEA);\n\
         CREATE TABLE rooms (id BYTEA);\nALTER TABLE rooms ADD COLUMN organisation BYTEA;\n",
    );
    let path = "features/x/src/rows.rs";
    let rust = |sql: &str| format!("//! Rows.\nconst OTHER: u8 = 1;\nconst BEDS: &str = {sql};\n");
    for sql in [
        "\"SELECT id FROM beds WHERE id = $1\"",
        "\"SELECT organisation FROM beds WHERE id = $1\"",
        "\"UPDATE beds SET organisation = $2 WHERE id = $1 RETURNING organisation\"",
        "\"SELECT id FROM words w, rooms r\"",
        "\"INSERT INTO beds (id) VALUES ($1)\"",
        "\"SELECT o.name FROM beds b JOIN organisations o ON o.id = b.organisation\"",
        "\"SELECT b.id FROM beds b JOIN rooms r ON r.organisation = b.organisation WHERE b.id = $1\"",
        "\"SELECT id FROM beds WHERE organisation <> other AND id = $1\"",
        "\"SELECT id FROM beds WHERE organisation <> $1\"",
        "\"SELECT id FROM beds WHERE organisation IS NOT NULL\"",
        "\"SELECT id FROM beds WHERE value_hash = $1\"",
        "concat!(\"SELECT id FROM beds\", \" WHERE id = $1\")",
        "shown!(\"JOIN beds b ON b.id = $2\")",
    ] {
        catches(rule, &[schema, (path, &rust(sql))], "rows.rs:3: BEDS does not ask for the organisation");
    }
    for sql in [
        "\"SELECT id FROM beds WHERE organisation = $1\"",
        "\"SELECT id FROM beds b JOIN words w ON b.organisation = $1\"",
        "\"SELECT b.id FROM beds b JOIN rooms r ON r.organisation = b.organisation AND b.organisation = $1\"",
        "\"SELECT id FROM beds WHERE organisation >= $1\"",
        "\"SELECT id FROM beds WHERE organisation IS NULL\"",
        "\"SELECT id FROM beds WHERE secret_hash = $1\"",
        "\"INSERT INTO beds (id, organisation) VALUES ($1, $2)\"",
        "\"SELECT id FROM words\"",
        "\"the beds and rooms of a ward\"",
        "concat!(\"SELECT id FROM beds\", \" WHERE organisation = $1\")",
    ] {
        accepts(rule, &[schema, (path, &rust(sql))]);
    }
    let inline = "fn a() {\n    run(\"DELETE FROM beds\");\n}\n";
    catches(rule, &[schema, (path, inline)], "rows.rs:2: a statement does not ask");
    accepts(rule, &[schema, ("tests/a.rs", inline)]);
    let all = rust("\"SELECT id FROM beds\"");
    let list = |reason: &str| format!("[statements_of_any_organisation]\n\"{path}::BEDS\" = \"{reason}\"\n");
    accepts(rule, &[schema, (path, &all), ("xtask/tidy.toml", &list("the sweep"))]);
    catches(rule, &[schema, (path, &all), ("xtask/tidy.toml", &list(""))], "BEDS does not ask");
    catches(rule, &[schema, ("xtask/tidy.toml", &list("the sweep"))], "take it out");
}

#[test]
fn a_statement_that_no_test_prepares_is_caught() {
    let rule = "every_statement_is_in_a_list_that_is_prepared";
    let path = "features/x/src/rows/beds.rs";
    let beds = "const FIND: &str = \"\n    SELECT id FROM beds\";\nconst NAME: &str = \"beds\";\n";
    let whole =
        concat!("const FIND: &str = concat!(\"SELECT \", \"id\");\n", "const ALL_SQL: &[&str] = &[FIND];\n");
    let list = |what: &str| format!("pub const ALL_SQL: &[&'static str] = &[\n    {what},\n];\n");
    catches(rule, &[(path, beds)], "beds.rs:1: FIND is in no");
    catches(rule, &[(path, beds), ("features/x/src/rows/mod.rs", &list("rooms::FIND"))], "FIND is in no");
    catches(rule, &[(path, beds), ("features/y/src/rows.rs", &list("beds::FIND"))], "FIND is in no");
    catches(rule, &[(path, &format!("fn a() {{\n    {beds}}}\n"))], "beds.rs:2: FIND is in no");
    accepts(rule, &[(path, beds), ("features/x/src/rows/mod.rs", &list("beds::FIND"))]);
    accepts(rule, &[(path, whole)]);
    let only_postgres = format!("{beds}pub(crate) const POSTGRES_SQL: &[&str] = &[FIND];\n");
    accepts(rule, &[(path, &only_postgres), ("tests/a.rs", beds), ("ground/testkit/src/a.rs", beds)]);
    accepts(rule, &[(path, &format!("{beds}pub const ALL_SQL: &[&str] =\n    &[FIND];\n"))]);
}

#[test]
fn a_gap_between_migrations_is_caught() {
    let files = [("migrations/0001_a.sql", ""), ("migrations/0003_b.sql", "")];
    catches("migrations_follow_one_another", &files, "migrations/0002_");
}

#[test]
fn a_crate_that_says_nothing_is_caught() {
    let feature = manifest("x", "[lints]\nworkspace = true\n");
    let files = [("features/x/Cargo.toml", feature.as_str()), ("features/x/src/lib.rs", "//! Words.\n")];
    catches("every_crate_says_what_it_is", &files, "Always true:");
    catches("every_crate_takes_the_lints", &[("wires/x/Cargo.toml", &manifest("x", ""))], "has no `[lints]");
    accepts("every_crate_takes_the_lints", &files);
}

#[test]
fn what_no_source_may_say_is_caught() {
    catches("no_lint_is_silenced", &[("app/src/a.rs", "#[allow(dead_code)]\nfn a() {}")], "a.rs:1");
    accepts("no_lint_is_silenced", &[("app/src/a.rs", "// never #[allow(x)]\nfn a() {}")]);
    catches(
        "nothing_is_left_half_done",
        &[("app/src/a.rs", concat!("fn a() {\n    to", "do!()\n}"))],
        "a.rs:2",
    );
    catches("nothing_is_left_half_done", &[("web/a.mjs", concat!("// FIX", "ME"))], "a.mjs:1");
    let named = "#[tokio::test]\n#[expect(x)]\nasync fn test_a() {}\n\nfn test_signature() {}\n";
    catches("tests_are_sentences", &[("tests/a.rs", named)], "a.rs:3");
    accepts("tests_are_sentences", &[("app/src/a.rs", "fn test_signature() {}")]);
    catches("nothing_tells_of_one_machine", &[("README.md", concat!("see /ho", "me/me/x"))], "README.md:1");
}

#[test]
fn a_feature_with_a_db_is_caught_unless_a_test_holds_it() {
    let rule = "features_take_a_tx_and_never_a_db";
    let path = "features/x/src/post.rs";
    catches(rule, &[(path, "pub async fn post(db: &Db) {}\n")], "post.rs:1");
    catches(rule, &[(path, "use store::{Db, Tx};\n")], "post.rs:1");
    accepts(
        rule,
        &[(path, "// A Db is not for us.\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    use store::Db;\n}\n")],
    );
    accepts(rule, &[("features/flows/src/house.rs", "pub struct House { db: Db }\n")]);
}

#[test]
fn a_link_to_nowhere_is_caught() {
    let rule = "links_in_docs_lead_somewhere";
    let page = "# A: the first\n\n[b](docs/b.md) [c](docs/) [d](#a-the-first) [e](https://example.org/x)\n```\n[f](no.md)\n```\n";
    let other = ("docs/b.md", "## Two words\n[back](../README.md#a-the-first)\n");
    accepts(rule, &[("README.md", page), other]);
    catches(rule, &[("README.md", page)], "README.md:3: (docs/b.md)");
    catches(rule, &[("README.md", "[b](docs/b.md#three)"), other], "(docs/b.md#three)");
    catches(rule, &[("docs/c.md", "[out](../../x.md)")], "(../../x.md)");
}

#[test]
fn words_of_a_language_that_differ_from_the_others_are_caught() {
    let file = |french: &str| {
        let path = "wires/web/src/words/some.rs";
        let rest = "const EN: Some = Some {\n    said: \"{} asks: {}\",\n    plain: \"no: {}\",\n};\n";
        [(
            path,
            format!("{rest}const FR: Some = Some {{\n    said: {french},\n    plain: \"non {{}}\",\n}};\n"),
        )]
    };
    let tell = |rule: &str, french: &str, words: &str| {
        let [(path, text)] = file(french);
        if words.is_empty() {
            accepts(rule, &[(path, &text)])
        } else {
            catches(rule, &[(path, &text)], words)
        }
    };
    let blanks = "each_language_fills_in_as_much";
    tell(blanks, "\"{} demande {}\"", "");
    tell(blanks, "\"{} demande\"", "said fills in 1 in FR");
    tell(blanks, "(\n        \"{}\",\n        \"{} {}\",\n    )", "said fills in 3 in FR");
    let signs = "french_keeps_its_signs_together";
    tell(signs, "\"{}\\u{a0}? d'{}\"", "");
    for loose in ["\"{} ?\"", "\"d\u{2019}{}\"", "\"« {}\\u{a0}»\""] {
        tell(signs, loose, "some.rs:6");
    }
    let mine = ("wires/x/src/words/nl.rs", "const WORDS: Words = Words {\n    a: \"{}\",\n};\n");
    let other = ("wires/x/src/words/fr.rs", "const WORDS: Words = Words {\n    a: \"\",\n};\n");
    catches(blanks, &[mine, other], "a fills in 0 in FR");
}

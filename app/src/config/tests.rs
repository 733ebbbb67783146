use std::fs;
use std::path::PathBuf;

use super::*;

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn from_flags(flags: &[(&str, &str)]) -> Result<Config, Refused> {
    load(&Sources { flags: pairs(flags), ..Sources::default() })
}

fn refusal(flags: &[(&str, &str)]) -> String {
    from_flags(flags).expect_err("a refusal").to_string()
}

fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bedside.toml");
    fs::write(&path, text).expect("a file");
    (folder, path)
}

#[test]
fn nothing_given_is_a_server_on_loopback() {
    let config = load(&Sources::default()).expect("the defaults fit");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.limits.messenger_calls_per_second, 30);
    assert!(config.server.metrics_listen.ip().is_loopback());
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let (_folder, path) = file(
        "[server]\nlisten = \"127.0.0.1:1\"\nshutdown_seconds = 3\n[limits]\nmessenger_calls_per_second = 7\n",
    );
    let environment = pairs(&[
        ("BEDSIDE_SERVER__LISTEN", "127.0.0.1:2"),
        ("BEDSIDE_LIMITS__MESSENGER_CALLS_PER_SECOND", "8"),
        ("PATH", "/bin"),
        ("BEDSIDE_TEST_POSTGRES", "postgres://x"),
    ]);
    let flags = pairs(&[("server.listen", "127.0.0.1:3")]);
    let sources = Sources { file: Some(path), environment, flags, ..Sources::default() };
    let config = load(&sources).expect("a configuration");
    assert_eq!(config.server.listen.port(), 3);
    assert_eq!(config.limits.messenger_calls_per_second, 8);
    assert_eq!(config.server.shutdown_seconds, 3);
}

#[test]
fn an_unknown_key_is_refused_with_its_source_and_the_nearest_known_one() {
    assert_eq!(
        refusal(&[("server.lisen", "127.0.0.1:1")]),
        "the command line: there is no key server.lisen; the nearest is server.listen"
    );
    let (_folder, path) = file("[sever]\nlisten = \"127.0.0.1:1\"\n");
    let error = load(&Sources { file: Some(path.clone()), ..Sources::default() }).expect_err("a refusal");
    assert_eq!(
        error.to_string(),
        format!("{}: there is no key sever.listen; the nearest is server.listen", path.display())
    );
    let (_folder, path) = file("listen = \"127.0.0.1:1\"\n");
    let error = load(&Sources { file: Some(path), ..Sources::default() }).expect_err("a refusal");
    assert!(error.to_string().ends_with("there is no key listen; the nearest is server.listen"), "{error}");
    for (name, hint) in
        [("BEDSIDE_SERVER__LISEN", "server.listen"), ("BEDSIDE_SERVER_LISTEN", "BEDSIDE_SERVER__LISTEN")]
    {
        let environment = pairs(&[(name, "127.0.0.1:1")]);
        let error = load(&Sources { environment, ..Sources::default() }).expect_err("a refusal");
        assert!(error.to_string().contains(name) && error.to_string().contains(hint), "{error}");
    }
}

#[test]
fn a_key_that_is_like_no_other_points_at_none_and_a_fault_in_the_file_at_its_line() {
    for far in ["mail.smtp_host", "x.y", "server.colour_of_the_walls"] {
        assert_eq!(refusal(&[(far, "x")]), format!("the command line: there is no key {far}"));
    }
    for (text, line) in [
        ("[server]\nlisten = \"127.0.0.1:1\"\n[store\n", 3),
        ("listen = hush\n", 1),
        ("[server]\n\nlisten = \"hush\nx = 1\n", 3),
        ("[log]\nfilter = \"info\"\nfilter = \"hush\"\n", 3),
    ] {
        let (_folder, path) = file(text);
        let error = load(&Sources { file: Some(path.clone()), ..Sources::default() }).expect_err("a refusal");
        let error = error.to_string();
        assert!(error.starts_with(&format!("{}: line {line}: ", path.display())), "{error}");
        assert!(!error.contains("hush"), "{error}");
    }
}

#[test]
fn a_value_of_the_wrong_kind_is_refused_with_what_was_expected_and_without_the_value() {
    assert_eq!(
        refusal(&[("server.listen", "every-where")]),
        "the command line: server.listen must be an address and a port, such as 127.0.0.1:8080"
    );
    assert_eq!(
        refusal(&[("limits.messenger_calls_per_second", "many")]),
        "the command line: limits.messenger_calls_per_second must be a whole number"
    );
    assert!(refusal(&[("log.format", "xml")]).ends_with("log.format must be text or json"));
    assert!(refusal(&[("server.trusted_proxies", "10.0.0.1,x")]).contains("a list of IP addresses"));
    let (_folder, path) = file("[store]\ndatabase_url = [\"hush-hush\"]\n");
    let error = load(&Sources { file: Some(path), ..Sources::default() }).expect_err("a refusal");
    assert!(error.to_string().ends_with("store.database_url must be a postgres:// URL"), "{error}");
    let (_folder, path) = file("[store]\ndatabase_url = \"hush-hush\nx\n");
    let error = load(&Sources { file: Some(path), ..Sources::default() }).expect_err("a refusal");
    assert!(!error.to_string().contains("hush"), "{error}");
}

#[test]
fn a_list_from_a_flag_is_separated_by_commas() {
    let config = from_flags(&[
        ("server.trusted_proxies", "10.0.0.1, 10.0.0.2"),
        ("server.public_url", "https://zorg.example.nl"),
    ]);
    assert_eq!(config.expect("a configuration").server.trusted_proxies.len(), 2);
}

#[test]
fn a_proxy_of_version_4_is_the_same_in_either_form_wherever_it_is_written() {
    let (_folder, path) = file("[server]\ntrusted_proxies = [\"::ffff:10.0.0.1\", \"2001:db8::1\"]\n");
    let url = pairs(&[("server.public_url", "https://zorg.example.nl")]);
    let from_file = load(&Sources { file: Some(path), flags: url, ..Sources::default() });
    let from_flags = from_flags(&[
        ("server.trusted_proxies", "::ffff:10.0.0.1,2001:db8::1"),
        ("server.public_url", "https://zorg.example.nl"),
    ]);
    for config in [from_file, from_flags] {
        let proxies = config.expect("a configuration").server.trusted_proxies;
        assert_eq!(
            proxies,
            ["10.0.0.1", "2001:db8::1"].map(|one| one.parse::<IpAddr>().expect("an address"))
        );
    }
}

#[test]
fn plain_http_is_refused_unless_on_loopback_or_behind_a_named_proxy() {
    let public = ("server.listen", "0.0.0.0:8080");
    let url = ("server.public_url", "https://zorg.example.nl");
    assert!(refusal(&[public, url]).contains("plain HTTP is refused"));
    from_flags(&[public, url, ("server.trusted_proxies", "10.0.0.1")]).expect("a proxy does TLS");
    let tls = [("server.tls_certificate_file", "c.pem"), ("server.tls_key_file", "k.pem")];
    from_flags(&[public, url, tls[0], tls[1]]).expect("the server does TLS");
    assert!(refusal(&[public, url, tls[0]]).contains("go together"));
    assert!(refusal(&[public, tls[0], tls[1]]).contains("public_url must be given"));
}

#[test]
fn a_public_url_is_an_https_origin_or_localhost() {
    for good in
        ["https://zorg.example.nl", "https://zorg.example.nl:8443", "http://localhost:1", "http://[::1]:1"]
    {
        from_flags(&[("server.public_url", good)]).unwrap_or_else(|error| panic!("{good}: {error}"));
    }
    for bad in [
        "http://zorg.example.nl",
        "http://localhost.example.nl",
        "https://zorg.example.nl/",
        "https://zorg.example.nl/x",
        "https://x@zorg.example.nl",
        "ftp://zorg.example.nl",
        "zorg.example.nl",
        "",
    ] {
        assert!(refusal(&[("server.public_url", bad)]).contains("server.public_url must be"), "{bad}");
    }
}

#[test]
fn the_master_key_comes_from_one_place_and_a_ca_goes_with_a_database() {
    let program = ("keys.master_key_command", "/etc/bedside/unseal,--key,1");
    let config = from_flags(&[program]).expect("a program with its arguments");
    assert_eq!(config.keys.master_key_command, ["/etc/bedside/unseal", "--key", "1"]);
    for other in [("keys.master_key", "x"), ("keys.master_key_file", "x")] {
        assert!(refusal(&[program, other]).contains("given alone"));
    }
    let (_folder, path) = file("[keys]\nmaster_key_command = [\"\"]\n");
    let error = load(&Sources { file: Some(path), ..Sources::default() }).expect_err("a refusal");
    assert!(error.to_string().contains("begins with a program"), "{error}");
    let ca = ("store.database_ca_file", "ca.pem");
    from_flags(&[ca, ("store.database_url", "postgres://x@db/x")]).expect("they go together");
    assert!(refusal(&[ca]).contains("store.database_url"));
}

#[test]
fn the_messenger_has_base_paths_that_meet_nothing_else() {
    let chosen = |paths: &str| from_flags(&[("wires.kpn_paths", paths)]);
    for good in ["/v1", "/a.b/c_d-e,/a.b", "/v1,/v1/v1", "/me", "/v1,/v11"] {
        let config = chosen(good).unwrap_or_else(|error| panic!("{good}: {error}"));
        assert_eq!(config.wires.kpn_paths.join(","), good);
    }
    for (bad, why) in [
        ("v1", "no base path"),
        ("/", "no base path"),
        ("/v1/", "no base path"),
        ("/v1//x", "no base path"),
        ("/..", "no base path"),
        ("/{x}", "no base path"),
        ("/a%20b", "no base path"),
        ("/chats", "other pages"),
        ("/.well-known", "other pages"),
        ("/oauth/v1", "other pages"),
        ("/v1,/v1", "meet"),
        ("/v1,/v1/me", "meet"),
        ("/v1,/v1/gateway", "meet"),
        ("/verify", "other pages"),
        ("/v1/groupchats/x,/v1", "meet"),
    ] {
        let refusal = refusal(&[("wires.kpn_paths", bad)]);
        assert!(refusal.contains("wires.kpn_paths") && refusal.contains(why), "{bad}: {refusal}");
    }
    let (_folder, path) = file("[wires]\nkpn_paths = []\n");
    let config = load(&Sources { file: Some(path), ..Sources::default() }).expect("no messenger at all");
    assert!(config.wires.kpn_paths.is_empty());
}

#[test]
fn the_portal_has_base_paths_beside_the_other_interfaces() {
    let chosen = |paths: &str| from_flags(&[("wires.portal_paths", paths)]);
    for good in ["/api/v1", "/api/v1,/api/portal/v1", "/portal", "/api", "/v2"] {
        let config = chosen(good).unwrap_or_else(|error| panic!("{good}: {error}"));
        assert_eq!(config.wires.portal_paths.join(","), good);
    }
    for (bad, why) in [
        ("api", "no base path"),
        ("/api/v1/", "no base path"),
        ("/api-docs", "other pages"),
        ("/oauth/v1", "other pages"),
        ("/api/admin/v1", "other pages"),
        ("/api/desk/v1/x", "other pages"),
        ("/v1", "meet"),
        ("/v1/conversations", "meet"),
        ("/api/v1,/api/v1/appointments", "meet"),
    ] {
        let refusal = refusal(&[("wires.portal_paths", bad)]);
        assert!(refusal.contains("wires.portal_paths") && refusal.contains(why), "{bad}: {refusal}");
    }
    let ids = |look| from_flags(&[("wires.portal_availability_ids", look)]);
    assert_eq!(ids("vendor").expect("a look").wires.portal_availability_ids, AvailabilityIds::Vendor);
    assert!(ids("pretty").is_err());
}

#[test]
fn secrets_are_shown_nowhere() {
    let config = from_flags(&[("store.database_url", "postgres://x:hush@db/x"), ("keys.master_key", "hush")]);
    let config = config.expect("a configuration");
    for shown in [format!("{config:?}"), effective(&config), serde_json::json!(config).to_string()] {
        assert!(!shown.contains("hush"), "{shown}");
        assert!(shown.contains("(hidden)"), "{shown}");
    }
    assert_eq!(config.keys.master_key.expect("a key").expose(), "hush");
}

#[test]
fn the_example_is_the_defaults_and_every_key_in_it_is_known() {
    let example = example();
    let is_section = |line: &&str| line.starts_with('[');
    let is_key =
        |line: &&str| line.strip_prefix("# ").is_some_and(|line| line.split(' ').nth(1) == Some("="));
    let lines = example.lines().filter(|line| is_section(line) || is_key(line));
    let text: String = lines.map(|line| format!("{}\n", line.trim_start_matches("# "))).collect();
    let (_folder, path) = file(&text);
    let config = load(&Sources { file: Some(path), ..Sources::default() }).expect("the example is taken");
    assert_eq!(config.server.listen, Server::default().listen);
    assert_eq!(config.log.filter, Log::default().filter);
    assert!(super::fields::fields().iter().all(|field| !field.about.is_empty() && !field.expects.is_empty()));
    assert!(guide().contains("BEDSIDE_STORE__DATABASE_URL"));
}

#[test]
fn a_virus_scanner_has_a_socket_or_a_host_and_a_port() {
    for good in ["unix:/run/clamav/clamd.ctl", "tcp:localhost:3310"] {
        let config = from_flags(&[("files.clamd", good)]).unwrap_or_else(|error| panic!("{good}: {error}"));
        assert_eq!(config.files.clamd.as_deref(), Some(good));
    }
    for bad in ["/run/clamav/clamd.ctl", "localhost:3310", "tcp:localhost", "unix:clamd.ctl"] {
        let refusal = refusal(&[("files.clamd", bad)]);
        assert!(refusal.contains("files.clamd must be unix:"), "{bad}: {refusal}");
    }
    let far = ("files.clamd", "tcp:clamav.example.nl:3310");
    assert!(refusal(&[far]).contains("files.clamd_allow_plain"));
    from_flags(&[far, ("files.clamd_allow_plain", "true")]).expect("it was said");
}

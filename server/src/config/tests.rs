use super::*;

#[test]
fn earlier_sources_win() {
    let flags = Settings {
        port: Some(1),
        ..Settings::default()
    };
    let file = Settings {
        port: Some(2),
        host: Some("::1".into()),
        ..Settings::default()
    };
    let config = flags.or(file).into_config().unwrap();
    assert_eq!(
        (config.port, config.host.to_string()),
        (1, "::1".to_owned())
    );
    assert_eq!(config.store_path, Path::new("spanfall.db"));
}

#[test]
fn other_machines_are_served_only_if_said_aloud() {
    let open = Settings {
        host: Some("0.0.0.0".into()),
        ..Settings::default()
    };
    assert!(matches!(
        open.clone().into_config(),
        Err(ConfigError::OpenToAll(_))
    ));
    assert!(
        Settings {
            no_auth: Some(true),
            ..open
        }
        .into_config()
        .is_ok()
    );
}

#[test]
fn prefixes_are_normal_paths() {
    for (given, kept) in [("", ""), ("/", ""), ("/a", "/a"), ("/a/b/", "/a/b")] {
        assert_eq!(prefix(given).unwrap(), kept);
    }
    for bad in ["a", "/a//b", "/a{b}", "/a b"] {
        assert!(prefix(bad).is_err(), "{bad}");
    }
}

#[test]
fn passwords_are_not_shown() {
    assert_eq!(
        redacted("postgresql://me:secret@db/x"),
        "postgresql://***@db/x"
    );
    let settings = Settings {
        backend_store_uri: Some("mysql://me:secret@db/x".into()),
        ..Settings::default()
    };
    let error = settings.into_config().unwrap_err().to_string();
    assert!(
        error.contains("mysql://***@db/x") && !error.contains("secret"),
        "{error}"
    );
}

#[test]
fn sqlite_addresses_count_slashes() {
    let path = |uri: &str| sqlite_path(uri).map(|path| path.display().to_string());
    assert_eq!(path("sqlite:///a.db").as_deref(), Some("a.db"));
    assert_eq!(path("sqlite:////tmp/a.db").as_deref(), Some("/tmp/a.db"));
    for uri in ["sqlite:///", "a.db", "postgresql://h/d"] {
        assert_eq!(path(uri), None, "{uri}");
    }
}

#[test]
fn unknown_lines_of_the_file_are_named() {
    let error = toml::from_str::<Settings>("prot = 1")
        .err()
        .map(|e| e.to_string());
    assert!(error.unwrap().contains("prot"));
}

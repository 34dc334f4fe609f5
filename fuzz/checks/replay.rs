//! Runs a check over a folder of the corpus.

use std::path::Path;

/// Checks every file of `fuzz/corpus/<target>`; the name of the file that fails is in the captured output.
pub fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let files = std::fs::read_dir(folder.join(target)).expect("the corpus is committed");
    let mut count = 0;
    for file in files {
        let path = file.expect("a folder can be read").path();
        println!("{}", path.display());
        check(&std::fs::read(&path).expect("a file can be read"));
        count += 1;
    }
    assert!(count >= 10, "the corpus of {target} is missing");
}

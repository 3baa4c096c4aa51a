#[test]
fn timing() {
    for _ in 0..3 {
    let t = std::time::Instant::now();
    let parser = cxtop::store::Parser::new().unwrap();
    eprintln!("parser {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let allowed = cxtop::queries::Allowed::new(&parser).unwrap();
    eprintln!("allowed {:?}", t.elapsed());
    let t = std::time::Instant::now();
    for _ in 0..10 { cxtop::queries::gate(&parser, "SELECT 1", &allowed).unwrap(); }
    eprintln!("gate x10 {:?}", t.elapsed());
    let config = cxtop::queries::Config::default();
    let t = std::time::Instant::now();
    let mut store = cxtop::store::Store::open(&cxtop::store::Options { file: None, timezone: "UTC".into(), week_start: jiff::civil::Weekday::Monday, threads: 1, memory_limit: None, query_timeout: std::time::Duration::from_secs(60) }).unwrap();
    eprintln!("open {:?}", t.elapsed());
    let t = std::time::Instant::now();
    store.declare(&config.columns()).unwrap();
    eprintln!("declare {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let session = store.connect().unwrap();
    eprintln!("connect {:?}", t.elapsed());
    let t = std::time::Instant::now();
    for _ in 0..10 { session.describe("SELECT * FROM events", &[]).unwrap(); }
    eprintln!("describe x10 {:?}", t.elapsed());
    }
}

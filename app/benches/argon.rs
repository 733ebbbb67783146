//! The ceiling of logins: bare Argon2id of the cost that passwords have here, on as many threads as there are cores, for
//! as many seconds as the first argument says. Prints one line of JSON.

use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

type Fault = Box<dyn std::error::Error + Send + Sync>;

const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn main() -> Result<(), Fault> {
    let mut args = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let seconds: f64 = args.next().unwrap_or_default().parse()?;
    let threads = thread::available_parallelism()?.get();
    let began = Instant::now();
    let end = began + Duration::from_secs_f64(seconds);
    let working: Vec<_> = (0..threads).map(|_| thread::spawn(move || hash_until(end))).collect();
    let mut hashes = 0;
    for one in working {
        hashes += one.join().map_err(|_| "a thread panicked")??;
    }
    let per_second = hashes as f64 / began.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({ "threads": threads, "per_second": per_second }));
    Ok(())
}

/// How many hashes a thread worked out, in memory of its own that is kept for the next one.
fn hash_until(end: Instant) -> Result<u64, Fault> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let (mut out, mut count) = ([0; 32], 0_u64);
    while Instant::now() < end {
        argon.hash_password_into_with_memory(
            b"correct horse battery staple",
            &count.to_be_bytes(),
            &mut out,
            &mut memory,
        )?;
        count += 1;
    }
    Ok(count)
}

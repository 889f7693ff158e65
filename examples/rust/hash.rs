//! Hashes the words of the command line with an algorithm, all at once, and prints one digest a line.
//!
//!     rustc --edition 2021 -O hash.rs $(pkg-config --libs nightjar) && ./hash cn/0 "This is a test"

use std::ffi::{c_char, CStr, CString};
use std::marker::PhantomData;
use std::{env, process, ptr};

/// The part of nightjar.h that this program needs, as it stands there.
mod nj {
    use std::ffi::c_char;

    #[repr(C)]
    pub struct Engine {
        _opaque: [u8; 0],
    }

    #[repr(C)]
    pub struct Hasher {
        _opaque: [u8; 0],
    }

    #[repr(C)]
    pub struct Algorithm {
        pub size: usize,
        pub name: [c_char; 32],
        pub needs_height: i32,
        pub needs_seed: i32,
        pub minimum_input: usize,
        pub maximum_input: usize,
        pub nonce_offset: usize,
        pub memory: u64,
    }

    pub const MODE_LIGHT: i32 = 1;

    extern "C" {
        pub fn nj_status_text(status: i32) -> *const c_char;
        pub fn nj_engine_create(engine: *mut *mut Engine, options: *const u8) -> i32;
        pub fn nj_engine_destroy(engine: *mut Engine) -> i32;
        pub fn nj_algorithm_named(algorithm: *mut Algorithm, name: *const c_char) -> i32;
        pub fn nj_hasher_create(
            hasher: *mut *mut Hasher,
            engine: *mut Engine,
            algorithm: *const c_char,
            device: *const c_char,
            seed: *const u8,
            seed_size: usize,
            mode: i32,
        ) -> i32;
        pub fn nj_hasher_destroy(hasher: *mut Hasher) -> i32;
        pub fn nj_hash_batch(
            hasher: *const Hasher,
            digests: *mut u8,
            statuses: *mut i32,
            inputs: *const *const u8,
            input_sizes: *const usize,
            heights: *const u64,
            count: usize,
        ) -> i32;
    }
}

/// A status that is an error.
struct Error(i32);

impl Error {
    fn check(status: i32) -> Result<(), Error> {
        if status == 0 {
            Ok(())
        } else {
            Err(Error(status))
        }
    }

    fn text(&self) -> &'static str {
        let text: *const c_char = unsafe { nj::nj_status_text(self.0) };
        // The library's texts are static, and never NULL.
        unsafe { CStr::from_ptr(text) }.to_str().unwrap_or("an error")
    }
}

struct Engine(*mut nj::Engine);

impl Engine {
    fn new() -> Result<Engine, Error> {
        let mut engine = ptr::null_mut();
        Error::check(unsafe { nj::nj_engine_create(&mut engine, ptr::null()) })?;
        Ok(Engine(engine))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        unsafe { nj::nj_engine_destroy(self.0) };
    }
}

/// A hasher cannot outlive its engine: the compiler sees to it.
struct Hasher<'engine> {
    hasher: *mut nj::Hasher,
    engine: PhantomData<&'engine Engine>,
}

// Functions that take `const nj_hasher *` may be called by several threads at once.
unsafe impl Send for Hasher<'_> {}
unsafe impl Sync for Hasher<'_> {}

impl<'engine> Hasher<'engine> {
    /// RandomX's seed; nothing for other algorithms.
    fn new(engine: &'engine Engine, name: &CStr, seed: &[u8]) -> Result<Self, Error> {
        let mut hasher = ptr::null_mut();
        Error::check(unsafe {
            nj::nj_hasher_create(
                &mut hasher,
                engine.0,
                name.as_ptr(),
                ptr::null(),
                seed.as_ptr(),
                seed.len(),
                nj::MODE_LIGHT,
            )
        })?;
        Ok(Hasher { hasher, engine: PhantomData })
    }

    /// The digests of many inputs, on all cores. All have one height, which cn/r needs.
    fn hash(&self, inputs: &[&[u8]], height: u64) -> Result<Vec<[u8; 32]>, Error> {
        let mut digests = vec![[0; 32]; inputs.len()];
        let addresses: Vec<_> = inputs.iter().map(|input| input.as_ptr()).collect();
        let sizes: Vec<_> = inputs.iter().map(|input| input.len()).collect();
        let heights = vec![height; inputs.len()];
        Error::check(unsafe {
            nj::nj_hash_batch(
                self.hasher,
                digests.as_mut_ptr().cast(),
                ptr::null_mut(),
                addresses.as_ptr(),
                sizes.as_ptr(),
                heights.as_ptr(),
                inputs.len(),
            )
        })?;
        Ok(digests)
    }
}

impl Drop for Hasher<'_> {
    fn drop(&mut self) {
        unsafe { nj::nj_hasher_destroy(self.hasher) };
    }
}

fn run(name: &CStr, words: &[String]) -> Result<(), Error> {
    let mut algorithm: nj::Algorithm = unsafe { std::mem::zeroed() };
    algorithm.size = std::mem::size_of::<nj::Algorithm>();
    Error::check(unsafe { nj::nj_algorithm_named(&mut algorithm, name.as_ptr()) })?;

    // RandomX gets a seed of 32 zero bytes, and cn/r the height 1.
    let seed = [0; 32];
    let engine = Engine::new()?;
    let hasher = Hasher::new(&engine, name, &seed[..if algorithm.needs_seed == 1 { 32 } else { 0 }])?;
    let inputs: Vec<_> = words.iter().map(|word| word.as_bytes()).collect();
    for digest in hasher.hash(&inputs, 1)? {
        println!("{}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
    Ok(())
}

fn main() {
    let words: Vec<String> = env::args().skip(1).collect();
    let name = words.first().and_then(|name| CString::new(name.as_str()).ok());
    let Some(name) = name else {
        eprintln!("usage: hash ALGORITHM WORD...");
        process::exit(64);
    };
    if let Err(error) = run(&name, &words[1..]) {
        eprintln!("error: {}", error.text());
        process::exit(1);
    }
}

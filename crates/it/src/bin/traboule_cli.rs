//! The very command line of the product, as a binary the tests of this crate can name.

fn main() -> std::process::ExitCode {
    traboule::cli::main()
}

/// Compiles CryptoNight-R's random programs to machine code. It belongs to its hasher's thread.
package protocol RandomMathCompiler: AnyObject {
    /// The code of `program` for one hash and for more, as `compiled` of `nj_random_math_program` describes it. Run it
    /// on the calling thread. It is valid until the next call or until this object is released; it is empty where
    /// compiling is not possible.
    func compile(_ program: RandomMath) -> [UnsafeRawPointer]
}

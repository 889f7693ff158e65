/// Makes machine code of CryptoNight-R's random programs. Belongs to one thread, with its hasher.
package protocol RandomMathCompiler: AnyObject {
    /// The code of `program`, to be run on the calling thread, for one hash and for more, as `compiled` of
    /// `nj_random_math_program` describes it. Valid until the next call, or until this is released; empty where there
    /// is none.
    func compile(_ program: RandomMath) -> [UnsafeRawPointer]
}

/// Makes machine code of CryptoNight-R's random programs. Belongs to one thread, with its hasher.
public protocol RandomMathCompiler: AnyObject {
    /// The code of `program`, to be run on the calling thread, as `compiled` of `nj_random_math_program` describes it.
    /// Valid until the next call, or until this is released; `nil` where there is none.
    func compile(_ program: RandomMath) -> UnsafeRawPointer?
}

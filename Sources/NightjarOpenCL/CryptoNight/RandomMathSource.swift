import NightjarAlgorithms

extension RandomMath {
    /// The program as OpenCL C statements on the `uint` variables r0 to r8, on one line, as the macro
    /// `NJ_CN_RANDOM_MATH` is to expand.
    package var openCLStatements: String { instructions.map(\.openCLStatement).joined() }
}

extension RandomMath.Instruction {
    /// `rotate` takes its count modulo the width, so that a right turn is a left turn by the negative count.
    fileprivate var openCLStatement: String {
        switch opcode {
        case .mul: "r\(dst)*=r\(src);"
        case .add: "r\(dst)+=r\(src)+\(constant)u;"
        case .sub: "r\(dst)-=r\(src);"
        case .ror: "r\(dst)=rotate(r\(dst),0u-r\(src));"
        case .rol: "r\(dst)=rotate(r\(dst),r\(src));"
        case .xor: "r\(dst)^=r\(src);"
        }
    }
}

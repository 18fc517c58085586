namespace Nashi.Encoding;

/// <summary>Constants of the order-preserving integer format.</summary>
internal static class LexInt
{
    /// <summary>Numbers below this are one byte; longer forms store the number minus this.</summary>
    public const int Base = 251;

    /// <summary>How far the mantissa is shifted left of the exponent.</summary>
    public const int Bias = 11;
}

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>Which values of an optional field are written: those that JavaScript takes for true.</summary>
internal enum Truth
{
    /// <summary>A number other than 0.</summary>
    NotZero,

    /// <summary>A number other than 0 and NaN.</summary>
    NotZeroOrNaN,

    /// <summary>Text with at least one character.</summary>
    NotEmpty,

    /// <summary>Any value that is there.</summary>
    NotNull,

    /// <summary>True.</summary>
    Itself,

    /// <summary>A JSON value that is not null, false, 0 or empty text.</summary>
    Json,
}

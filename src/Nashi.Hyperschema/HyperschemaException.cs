namespace Nashi.Hyperschema;

/// <summary>A value could not be encoded or decoded as its schema says.</summary>
public sealed class HyperschemaException : NashiException
{
    private HyperschemaException(string code, string message)
        : base(code, message)
    {
    }

    /// <summary>Bytes that are not a value of a type.</summary>
    public static HyperschemaException Malformed(string type) => new("DECODING_ERROR", $"The bytes are not a valid {type}.");

    /// <summary>A value that its type cannot hold.</summary>
    public static HyperschemaException Unencodable(string type, string why) => new("ENCODING_ERROR", $"This {type} cannot be encoded: {why}.");
}

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>A field with its place in the flags.</summary>
internal sealed class LaidField(SchemaField field, int bit, int inlineShift, bool isExternal)
{
    public SchemaField Field { get; } = field;

    /// <summary>The bit that says whether an optional field is there; of a small number its lowest bit.</summary>
    public int Bit { get; } = bit;

    /// <summary>Where the flags of an inline struct begin.</summary>
    public int InlineShift { get; } = inlineShift;

    /// <summary>Whether it is stored elsewhere: in the key of a database record.</summary>
    public bool IsExternal { get; } = isExternal;

    public bool IsWritten => !IsExternal && !Field.IsConstant && !Field.IsNothing;
}

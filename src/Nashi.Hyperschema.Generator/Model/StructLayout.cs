using System.Collections.Generic;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>Where the flags of a struct stand and which bit each optional field has. Source: data.md §1.5.</summary>
internal sealed class StructLayout
{
    private StructLayout(IReadOnlyList<LaidField> fields, bool isCompact, int flagsPosition, int bits, bool hasOptionals)
    {
        Fields = fields;
        FlagsPosition = flagsPosition;
        Bits = bits;
        // A compact struct whose only flags are those of required inline structs still takes one byte for them, as the reference counts.
        FlagBytes = !isCompact ? 0 : hasOptionals ? (bits + 7) / 8 : 1;
    }

    public IReadOnlyList<LaidField> Fields { get; }

    /// <summary>The index of the field before which the flags stand; -1 when there are none.</summary>
    public int FlagsPosition { get; }

    public int Bits { get; }

    /// <summary>The fixed size of the flags; 0 when they are a variable-length integer.</summary>
    public int FlagBytes { get; }

    /// <summary>Whether every writer wrote flags: the first optional field is no younger than those before it.</summary>
    public bool HasFlagsAlways
    {
        get
        {
            for (var i = 0; i < Fields.Count; i++)
            {
                if (!Fields[i].Field.IsOptional) continue;
                for (var before = 0; before < i; before++)
                {
                    if (Fields[before].Field.Version != Fields[i].Field.Version) return false;
                }

                return true;
            }

            return false;
        }
    }

    /// <summary>Lays out fields; those of <paramref name="external"/> keep their bit but are not written.</summary>
    public static StructLayout Of(IReadOnlyList<SchemaField> fields, bool isCompact, int flagsPosition, ISet<string> external)
    {
        var laid = new List<LaidField>();
        var (bits, first, hasOptionals) = (0, -1, false);
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            var bit = bits;
            if (field.IsOptional)
            {
                hasOptionals = true;
                bits++;
            }

            if (first == -1 && (field.IsOptional || field.IsInline)) first = i;
            laid.Add(new LaidField(field, bit, bits, external.Contains(field.Name)));
            bits += field.ExtraBits;
        }

        return new StructLayout(laid, isCompact, flagsPosition >= 0 ? flagsPosition : first, bits, hasOptionals);
    }
}

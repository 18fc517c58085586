using System.Collections.Generic;
using System.Text;

namespace Nashi.Hyperschema.Generator;

/// <summary>Turns the names of a schema into C# names.</summary>
internal static class Names
{
    // Members that every record has; a property may not have their name.
    private static readonly HashSet<string> Taken =
    [
        "Codec", "Equals", "GetHashCode", "ToString", "EqualityContract", "PrintMembers", "GetType", "MemberwiseClone", "ReferenceEquals", "Finalize", "Clone", "Deconstruct",
    ];

    /// <summary><c>room-member</c> → <c>RoomMember</c>.</summary>
    public static string Pascal(string name)
    {
        var text = new StringBuilder();
        var upper = true;
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                upper = true;
                continue;
            }

            if (text.Length == 0 && char.IsDigit(c)) text.Append('_');
            text.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return text.Length == 0 ? "_" : text.ToString();
    }

    /// <summary>A name that is not in use yet: the short one, the one with the schema's namespace before it, or one with a number after it.</summary>
    public static string Unique(HashSet<string> used, string name, string space)
    {
        var (plain, full) = (Pascal(name), Pascal(space) + Pascal(name));
        if (used.Add(plain)) return plain;
        if (used.Add(full)) return full;
        for (var i = 2; ; i++)
        {
            if (used.Add(full + i)) return full + i;
        }
    }

    /// <summary>The name of a property of a type.</summary>
    public static string Property(HashSet<string> used, string name, string type)
    {
        var plain = Pascal(name);
        if (plain == type || Taken.Contains(plain)) plain += "Value";
        return Unique(used, plain, "");
    }
}

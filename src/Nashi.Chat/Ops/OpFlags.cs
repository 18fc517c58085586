namespace Nashi.Chat.Ops;

/// <summary>What may be known of an op whose kind is not.</summary>
[Flags]
internal enum OpFlags : byte
{
    None = 0,

    /// <summary>Who does not know it must not go on: what follows would mean something else to them.</summary>
    Critical = 1,

    /// <summary>Its author knew that somebody who was removed has the key it is sealed with, and had no other (R2).</summary>
    BeforeRekey = 2,
}

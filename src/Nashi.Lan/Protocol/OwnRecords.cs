namespace Nashi.Lan.Protocol;

/// <summary>Which of our records.</summary>
[Flags]
internal enum OwnRecords
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The service in the list of services.</summary>
    Meta = 1,

    /// <summary>The instance in the list of instances.</summary>
    Pointer = 2,

    /// <summary>The port.</summary>
    Service = 4,

    /// <summary>The profile.</summary>
    Text = 8,

    /// <summary>The addresses.</summary>
    Addresses = 16,
}

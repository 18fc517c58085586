namespace Nashi.Laboratory.Cases;

/// <summary>Which way the bytes of a connection went, as the links saw it.</summary>
internal enum Way
{
    None,
    Direct,
    Relay,
    Hairpin,
    Lan,
}
